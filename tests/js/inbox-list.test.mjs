/**
 * The list of the operators' screen, and how many are in each view: in whatever order answers and news come, it ends as the
 * service has it. The service is played here, because its answers are given out of order.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Inbox } from "../../service/static/inbox/store/inbox.js";
import { fits, sorted } from "../../service/static/inbox/store/order.js";
import { randomly, settled } from "./orders.mjs";

const ME = { id: "me", displayName: "Me" };
const PAGE = 4;

/** What the service has, and its answers: made when it comes to a request, given when the test says so. */
class Service {
  rows = new Map();
  /** Requests that it has not come to. */
  asked = [];
  /** Answers that are on their way. */
  answered = [];
  #time = 0;
  #changed = new Set();
  #gone = new Set();

  get(path, query, { signal }) {
    assert.equal(path, "/conversations");
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      this.asked.push(() => {
        const answer = this.list(query);
        this.answered.push(() => resolve(answer));
      });
    });
  }

  list({ view, cursor = null }) {
    const all = this.order(view);
    const from = cursor === null ? 0 : all.filter((id) => this.#at(view, id) <= cursor || id === cursor).length;
    const ids = all.slice(from, from + PAGE);
    const hasMore = all.length > from + PAGE;
    return {
      conversations: ids.map((id) => ({ ...this.rows.get(id) })),
      nextCursor: hasMore ? this.#at(view, ids.at(-1)) : null,
      counts: this.counts(),
    };
  }

  order(view) {
    return sorted(
      view,
      [...this.rows.values()].filter((row) => fits(row, { view, filters: {} }, ME)),
    );
  }

  /** Compares in the order of a view. */
  #at(view, id) {
    const { waitingSince, lastMessageAt } = this.rows.get(id);
    const number = Number((view === "waiting" ? waitingSince : lastMessageAt).slice(0, -1));
    return view === "waiting" ? number : -number;
  }

  counts() {
    return { waiting: this.order("waiting").length, mine: this.order("mine").length };
  }

  #now() {
    this.#time += 1;
    return `${String(this.#time).padStart(9, "0")}Z`;
  }

  change(id, changes) {
    const row = this.rows.get(id) ?? {
      id,
      rev: 0,
      status: "open",
      channel: "web",
      labels: [],
      contact: { name: id },
      snoozedUntil: null,
    };
    const now = this.#now();
    const waitingSince = changes.handling === "waiting" ? (row.waitingSince ?? now) : null;
    this.rows.set(id, { ...row, lastMessageAt: now, waitingSince, ...changes, rev: row.rev + 1 });
    this.#changed.add(id);
  }

  wait = (id) => this.change(id, { handling: "waiting", assignee: null });
  take = (id) => this.change(id, { handling: "agent", assignee: ME });

  remove(id) {
    this.rows.delete(id);
    this.#changed.delete(id);
    this.#gone.add(id);
  }

  /** What changed since it was asked the last time. */
  changes() {
    const conversations = [...this.#changed].map((id) => ({ ...this.rows.get(id) }));
    const told = { conversations, gone: [...this.#gone], counts: this.counts(), resync: false };
    this.#changed.clear();
    this.#gone.clear();
    return told;
  }
}

function begun(service, view = "waiting") {
  const first = { me: ME, operators: [], labels: [], view, filters: {}, ...service.list({ view }) };
  service.changes();
  return new Inbox(service, first);
}

/** Ask and answer what changed. */
const hear = (inbox, service) => inbox.apply(service.changes(), inbox.ask());

async function answer(service, number = 0) {
  for (const ask of service.asked.splice(0)) ask();
  const [give] = service.answered.splice(number, 1);
  give?.();
  await settled();
}

test("what is told of while a list is on its way is in that list, as it is now", async () => {
  const service = new Service();
  for (const id of ["one", "two"]) service.wait(id);
  const inbox = begun(service);
  inbox.load();
  for (const ask of service.asked.splice(0)) ask();
  // In this order: it is in the list and changes, is in it no more, comes into it.
  service.change("one", { handling: "waiting", assignee: null, priority: "high" });
  service.take("two");
  service.wait("three");
  hear(inbox, service);
  await answer(service);
  assert.deepEqual(inbox.order, ["one", "three"]);
  assert.equal(inbox.rows.get("one").priority, "high");
  assert.deepEqual(inbox.counts, { waiting: 2, mine: 1 });
});

test("who is gone does not come back with a list that was asked for before", async () => {
  const service = new Service();
  for (const id of ["one", "two"]) service.wait(id);
  const inbox = begun(service);
  inbox.load();
  for (const ask of service.asked.splice(0)) ask();
  service.remove("one");
  hear(inbox, service);
  await answer(service);
  inbox.put({ ...inbox.rows.get("two"), id: "one" });
  assert.deepEqual(inbox.order, ["two"]);
});

test("the next page of a list that is left says nothing about the one that is shown", async () => {
  const service = new Service();
  for (let number = 0; number < PAGE + 1; number += 1) service.wait(`waits ${number}`);
  for (let number = 0; number < PAGE + 1; number += 1) service.take(`mine ${number}`);
  const inbox = begun(service);
  inbox.more();
  inbox.load("mine");
  await answer(service);
  assert.equal(inbox.state, "loading");
  await answer(service);
  assert.equal(inbox.hasMore, true);
  inbox.more();
  await answer(service);
  assert.deepEqual(inbox.order, service.order("mine"));
});

test("labels that were changed here are not undone by an answer that was asked for before", async () => {
  const service = new Service();
  const inbox = begun(service);
  const answers = [];
  service.get = () => new Promise((resolve) => answers.push(resolve));
  const renewed = inbox.renew();
  inbox.share({ labels: [{ name: "new" }] });
  for (const resolve of answers) resolve({ operators: [], labels: [{ name: "old" }] });
  await renewed;
  assert.deepEqual(inbox.labels, [{ name: "new" }]);
  inbox.renew();
  assert.equal(answers.length, 4, "the next menu asks again");
});

test("in whatever order answers and news come, the list ends as the service has it", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomly(seed);
    const service = new Service();
    const ids = Array.from({ length: 10 }, (_, number) => `c${number}`);
    for (const id of ids.slice(0, 6)) service[random(2) ? "wait" : "take"](id);
    const views = ["waiting", "mine", "all"];
    const inbox = begun(service, views[random(3)]);
    let news = null;
    for (let step = 0; step < 60; step += 1) {
      const id = ids[random(ids.length)];
      const kind = random(9);
      if (kind < 2) service.wait(id);
      else if (kind === 2) service.take(id);
      else if (kind === 3 && service.rows.has(id) && ids.length > 4) {
        service.remove(id);
        ids.splice(ids.indexOf(id), 1);
      } else if (kind === 4) inbox.load(views[random(3)]);
      else if (kind === 5) inbox.more();
      else if (kind === 6) service.asked.splice(random(service.asked.length), 1)[0]?.();
      else if (kind === 7) service.answered.splice(random(service.answered.length), 1)[0]?.();
      else if (news) {
        inbox.apply(...news);
        news = null;
      } else {
        // Answered at once and on its way for a while.
        const asked = inbox.ask();
        news = [service.changes(), asked];
      }
      await settled();
    }
    if (news) inbox.apply(...news);
    hear(inbox, service);
    while (service.asked.length || service.answered.length) await answer(service, random(service.answered.length));
    while (inbox.hasMore) {
      inbox.more();
      await answer(service);
    }
    inbox.settle(true);
    assert.deepEqual(inbox.order, service.order(inbox.view), `seed ${seed}`);
    for (const [id, row] of service.rows) if (inbox.rows.has(id)) assert.equal(inbox.rows.get(id).rev, row.rev);
    assert.deepEqual(inbox.counts, service.counts(), `seed ${seed}`);
  }
});
