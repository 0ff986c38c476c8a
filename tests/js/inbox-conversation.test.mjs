/**
 * A conversation on the operators' screen: in whatever order come the answers to what is asked and done, and what is heard of
 * it, it ends as the service has it. The service is played here, because its answers are given out of order.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation } from "../../service/static/inbox/store/conversation.js";
import { randomly, settled } from "./orders.mjs";

const ID = "conversation";
const ME = { id: "me", displayName: "Me" };
const NEWEST = 3;

/** What the service has of one conversation, and its answers: made when it comes to a request, given when the test says so. */
class Service {
  messages = [];
  notes = [];
  activities = [];
  viewers = [];
  row = {
    id: ID,
    rev: 0,
    messagesRev: 0,
    status: "open",
    handling: "waiting",
    assignee: null,
    rating: null,
    contact: { name: "One" },
  };
  /** Requests that it has not come to. */
  asked = [];
  /** Answers that are on their way. */
  answered = [];
  #writing = 0;

  isWriting() {
    return this.#writing > 0;
  }

  get(path, query = {}) {
    const isPage = path.endsWith("/messages");
    return this.#ask(() => (isPage ? this.#page(query) : this.#detail(query)));
  }

  /** Do something; what is heard meanwhile waits for its answer. */
  async write(what, conversation) {
    this.#writing += 1;
    try {
      return await this.#ask(what);
    } finally {
      this.#writing -= 1;
      if (!this.#writing) setTimeout(() => conversation.settle());
    }
  }

  #ask(what) {
    return new Promise((resolve) => {
      this.asked.push(() => {
        const answer = structuredClone(what());
        this.answered.push(() => resolve(answer));
      });
    });
  }

  #page({ changedAfter, limit }) {
    const changed = this.messages.filter(({ rev }) => rev > changedAfter).sort((one, other) => one.rev - other.rev);
    const most = Math.min(limit, 2);
    return { conversation: this.row, messages: changed.slice(0, most), hasMore: changed.length > most };
  }

  #detail({ limit }) {
    const messages = limit ? this.messages.slice(-NEWEST) : undefined;
    const previousCursor = this.messages.length > NEWEST ? messages?.[0].cursor : null;
    const { row, notes, activities, viewers } = this;
    return {
      conversation: row,
      contact: row.contact,
      notes,
      activities,
      inquiries: [],
      formerConversations: [],
      viewers: viewers.map((id) => ({ id, displayName: id })),
      messages,
      previousCursor,
    };
  }

  #change(changes, isSaid) {
    const { rev, messagesRev } = this.row;
    this.row = { ...this.row, ...changes, rev: rev + 1, messagesRev: messagesRev + (isSaid ? 1 : 0) };
  }

  say = (role = "user") => {
    this.#change({}, true);
    const number = this.messages.length + 1;
    const author = role === "user" ? null : { name: ME.displayName };
    this.messages.push({ id: `m${number}`, cursor: String(number), role, author, rev: this.row.messagesRev });
    return { conversation: this.row, messages: this.messages.slice(-1) };
  };

  take = (assignee = ME) => {
    this.#change({ handling: "agent", assignee }, true);
    this.activities = [...this.activities, { id: `a${this.row.rev}` }];
    return { conversation: this.row };
  };

  note = () => {
    this.#change({}, false);
    const note = { id: `n${this.row.rev}`, createdAt: String(this.row.rev).padStart(6, "0") };
    this.notes = [...this.notes, note];
    return note;
  };

  come() {
    for (const ask of this.asked.splice(0)) ask();
  }
}

async function arrive(service, number = 0) {
  const [give] = service.answered.splice(number, 1);
  give?.();
  await settled();
  await new Promise((done) => setTimeout(done));
}

async function answerAll(service, random = () => 0) {
  while (service.asked.length || service.answered.length) {
    service.come();
    await arrive(service, random(service.answered.length));
  }
}

const ids = (all) => all.map(({ id }) => id);

/** A conversation that the list knows. */
function known(service) {
  const made = new Conversation(service, ID, ME);
  made.row = structuredClone(service.row);
  return made;
}

function isAsTheServiceHasIt(conversation, service, told) {
  assert.equal(conversation.row.rev, service.row.rev, told);
  assert.deepEqual(conversation.row.assignee, service.row.assignee, told);
  const newest = service.messages.slice(-conversation.messages.length || service.messages.length);
  assert.deepEqual(ids(conversation.messages), ids(newest), told);
  assert.deepEqual(ids(conversation.notes), ids(service.notes), told);
  assert.deepEqual(ids(conversation.activities), ids(service.activities), told);
  assert.deepEqual(ids(conversation.viewers), service.viewers, told);
}

test("what is done and said while a conversation is on its way is not undone when it comes", async () => {
  const service = new Service();
  service.say();
  const conversation = known(service);
  conversation.open();
  service.come();
  service.write(service.take, conversation).then((answer) => conversation.applyAnswer(answer));
  service.come();
  service.say();
  conversation.applyRow(structuredClone(service.row));
  // The answer to what was done overtakes the conversation.
  await arrive(service, 1);
  assert.equal(conversation.row.assignee.id, ME.id);
  await arrive(service);
  assert.equal(conversation.row.assignee.id, ME.id);
  await answerAll(service);
  isAsTheServiceHasIt(conversation, service);
});

test("what is told of while a conversation is on its way, and is not in it, is asked for", async () => {
  const service = new Service();
  service.say();
  const conversation = known(service);
  conversation.open();
  service.come();
  service.say();
  conversation.applyRow(structuredClone(service.row));
  await answerAll(service);
  isAsTheServiceHasIt(conversation, service);
});

test("a reply that is answered before the conversation has come stands in it at once", async () => {
  const service = new Service();
  service.say();
  const conversation = known(service);
  conversation.open();
  service.come();
  conversation.applyAnswer(structuredClone(service.say("agent")));
  await arrive(service);
  assert.deepEqual(ids(conversation.messages), ["m1", "m2"]);
});

test("a note that was written meanwhile does not go again when what is beside it comes", async () => {
  const service = new Service();
  const conversation = known(service);
  conversation.open();
  await answerAll(service);
  service.take({ id: "other" });
  conversation.applyRow(structuredClone(service.row));
  // What was said, then what stands beside it.
  service.come();
  await arrive(service);
  service.come();
  conversation.applyNote(structuredClone(service.note()));
  let isShown = true;
  conversation.addEventListener("change", () => {
    isShown &&= conversation.notes.length === 1;
  });
  await answerAll(service);
  assert.equal(isShown, true);
  assert.equal(conversation.notes.length, 1);
});

test("hands that it went through while nobody heard of it are shown, though it is back where it was", async () => {
  const service = new Service();
  service.take();
  const conversation = known(service);
  conversation.open();
  await answerAll(service);
  service.take({ id: "other" });
  service.say();
  service.take();
  conversation.applyRow(structuredClone(service.row));
  await answerAll(service);
  isAsTheServiceHasIt(conversation, service);
  // What is said alone asks for nothing beside it.
  service.say();
  conversation.applyRow(structuredClone(service.row));
  assert.equal(service.asked.length, 1);
  service.come();
  await arrive(service);
  assert.equal(service.asked.length, 0);
});

test("who left while a conversation was on its way does not look at it", async () => {
  const service = new Service();
  service.viewers = ["other"];
  const conversation = known(service);
  conversation.open();
  service.come();
  conversation.heard("presence", { conversationId: ID, operators: [] });
  await answerAll(service);
  assert.deepEqual(conversation.viewers, []);
});

test("one that is deleted stays so when what was asked for before comes", async () => {
  const asks = { open: () => {}, pull: (one) => one.pull(), older: (one) => one.older() };
  for (const [name, ask] of Object.entries(asks)) {
    const service = new Service();
    for (let number = 0; number <= NEWEST; number += 1) service.say();
    const conversation = known(service);
    conversation.open();
    if (name !== "open") await answerAll(service);
    ask(conversation);
    service.come();
    conversation.heard("changed", { conversationId: ID, rev: null });
    await answerAll(service);
    assert.equal(conversation.isGone, true, name);
  }
});

test("what is being done is shown when it is answered, whatever comes before", async () => {
  const service = new Service();
  const conversation = known(service);
  conversation.open();
  service.write(service.take, conversation).then((answer) => conversation.applyAnswer(answer));
  service.asked.reverse();
  service.come();
  await arrive(service, 1);
  assert.equal(conversation.isLoaded, true);
  assert.equal(conversation.row.assignee, null);
  await answerAll(service);
  isAsTheServiceHasIt(conversation, service);
});

test("in whatever order all of it comes, a conversation ends as the service has it", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = randomly(seed);
    const service = new Service();
    for (let number = random(5); number >= 0; number -= 1) service.say();
    const conversation = known(service);
    const does = (what, taken) => service.write(what, conversation).then(taken);
    let told = null;
    conversation.open();
    for (let step = 0; step < 40; step += 1) {
      const kind = random(10);
      if (kind === 0) service.say();
      else if (kind === 1) service.take({ id: `other ${random(2)}` });
      else if (kind === 2) service.note();
      else if (kind === 3) {
        service.viewers = random(2) ? ["other"] : [];
        conversation.heard("presence", {
          conversationId: ID,
          operators: service.viewers.map((id) => ({ id, name: id })),
        });
      } else if (kind === 4) does(service.take, (answer) => conversation.applyAnswer(answer));
      else if (kind === 5)
        does(
          () => service.say("agent"),
          (answer) => conversation.applyAnswer(answer),
        );
      else if (kind === 6) does(service.note, (note) => conversation.applyNote(note));
      else if (kind === 7) service.asked.splice(random(service.asked.length), 1)[0]?.();
      else if (kind === 8) await arrive(service, random(service.answered.length));
      else if (told) {
        conversation.applyRow(told);
        told = null;
      } else told = structuredClone(service.row);
      await settled();
    }
    if (told) conversation.applyRow(told);
    conversation.applyRow(structuredClone(service.row));
    await answerAll(service, random);
    // What was done at last is heard of, too.
    conversation.applyRow(structuredClone(service.row));
    await answerAll(service, random);
    isAsTheServiceHasIt(conversation, service, `seed ${seed}`);
  }
});
