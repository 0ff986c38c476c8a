/**
 * One test for both stores: the same methods, answers and errors. The service is a real one, named by MUNUI_URL; the
 * member is the one of MUNUI_TOKEN.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Http } from "../../service/static/munui/http.js";
import { uuid4 } from "../../service/static/munui/ids.js";
import { PeopleStore } from "../../service/static/munui/people/people-store.js";
import { Session } from "../../service/static/munui/session.js";
import { ApiStore } from "../../service/static/munui/stores/api-store.js";
import { LocalStore } from "../../service/static/munui/stores/local-store.js";
import { portionsOf } from "../../service/static/munui/stores/portions.js";

const { MUNUI_URL: url, MUNUI_TOKEN: token } = process.env;
assert.ok(url && token, "MUNUI_URL and MUNUI_TOKEN name the service and the member");

class Storage {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }
  setItem(key, value) {
    this[key] = String(value);
  }
  removeItem(key) {
    delete this[key];
  }
}

async function http(isMember) {
  const session = new Session();
  session.getAccessToken = isMember ? () => token : null;
  await session.identify();
  return new Http(url, () => "ko", session);
}

const stores = {
  async ApiStore() {
    return new ApiStore(await http(true));
  },
  async LocalStore() {
    globalThis.localStorage = new Storage();
    const store = new LocalStore(await http(false), () => "ko");
    const turn = store.turn.bind(store);
    // As chat/turns.js does.
    store.turn = async (id, sent) => turn(id, { ...sent, knowledge: await store.lookUp(id, sent) });
    return store;
  },
};

const text = (content) => ({ clientMessageId: uuid4(), event: { type: "text", content } });
const chip = (message, chipId) => ({
  clientMessageId: uuid4(),
  event: { type: "chip", messageId: message.id, chipId },
});
const form = (message, values) => ({
  clientMessageId: uuid4(),
  event: { type: "form", messageId: message.id, values },
});
const keys = (object) =>
  Object.keys(object)
    .filter((key) => key !== "etag")
    .sort();
const said = (messages) => messages.map(({ role, kind, content }) => [role, kind, content]);
const last = (answer) => answer.messages.at(-1);
const VALUES = {
  name: "김하나",
  email: "hana@example.com",
  topic: "shipping",
  title: "제목",
  body: "언제 오나요?",
  consent: true,
};

async function refused(promise, code) {
  const error = await promise.then(
    () => assert.fail(`expected ${code}`),
    (one) => one,
  );
  assert.equal(error.code, code);
  return error;
}

/** Everything that can be told of a store, so that two of them can be compared. */
async function story(store) {
  const told = [];
  const tell = (answer) =>
    told.push(
      keys(answer),
      answer.messages && [said(answer.messages), answer.messages.map(keys)],
      answer.conversation && [keys(answer.conversation), answer.conversation.status],
      answer.replayed,
    );
  const key = uuid4();
  const opened = await store.open(key);
  const { id } = opened.conversation;
  tell(opened);
  tell(await store.open(key));
  const first = chip(last(opened), "shipping");
  const shipped = await store.turn(id, first);
  tell(shipped);
  told.push(
    shipped.updatedMessages.map(({ answer, id: one }) => [answer, one === last(opened).id]),
    shipped.messages[0].inReplyTo === last(opened).id,
  );
  tell(await store.turn(id, first));
  told.push(
    (await refused(store.turn(id, { ...first, event: { type: "text", content: "x" } }), "idempotency_conflict")).status,
  );
  told.push((await refused(store.turn(id, chip(last(opened), "payment")), "already_answered")).status);
  told.push((await refused(store.turn(id, chip(last(shipped), "nothing")), "unknown_chip")).status);
  told.push((await refused(store.turn(id, text(" \u3000 ")), "invalid")).status);
  tell(await store.turn(id, text("  앞뒤 공백 ")));
  const again = await store.turn(id, chip(last(shipped), "another"));
  const asked = await store.turn(id, chip(last(again), "write"));
  const fault = await refused(store.turn(id, form(last(asked), { ...VALUES, email: "x" })), "invalid_form");
  told.push(fault.errors);
  const received = await store.turn(id, form(last(asked), VALUES));
  tell(received);
  told.push(received.updatedMessages.map((one) => one.answer));
  const page = await store.messages(id);
  tell(page);
  const middle = page.messages[5].cursor;
  told.push(
    said((await store.messages(id, { after: middle })).messages),
    said((await store.messages(id, { before: middle })).messages),
  );
  const unread = async () => (await store.list()).conversations.find((one) => one.id === id).unreadCount;
  told.push(await unread());
  await store.markRead(id);
  told.push(await unread());
  tell(await store.turn(id, chip(last(received), "okay")));
  await refused(store.turn(id, text("noch etwas")), "conversation_completed");
  await refused(store.messages(uuid4()), "not_found");
  const { conversations } = await store.list();
  const mine = conversations.find((one) => one.id === id);
  told.push(keys(mine), mine.status, mine.clientConversationId === key, mine.lastMessage.content);
  return told;
}

test("both stores tell the same story", async () => {
  const [api, local] = await Promise.all([stores.ApiStore().then(story), stores.LocalStore().then(story)]);
  assert.deepEqual(local, api);
});

test("what a guest did is taken over", async () => {
  const local = await stores.LocalStore();
  const api = new PeopleStore(await http(true));
  const opened = await local.open(uuid4());
  await local.turn(opened.conversation.id, chip(last(opened), "shipping"));
  const [portion] = portionsOf(local.importable());
  const { conversations, rejected } = await api.importGuest(portion);
  assert.deepEqual(rejected, []);
  const [imported, kept] = await Promise.all([
    api.messages(conversations[0].id),
    local.messages(opened.conversation.id),
  ]);
  assert.deepEqual(said(imported.messages), said(kept.messages));
});

/** Rewrites what this browser keeps, as another version of the page would have left it. */
function rewrite(prefix, change) {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(`munui.v1.${prefix}.`))) {
    localStorage.setItem(key, JSON.stringify(change(JSON.parse(localStorage.getItem(key)))));
  }
}

const LEFT_BY_ANOTHER_VERSION = {
  "a state of another version": () => rewrite("guest", (kept) => ({ ...kept, state: { version: 9, place: ["x"] } })),
  "a state with a field": () => rewrite("guest", (kept) => ({ ...kept, state: { ...kept.state, mood: "x" } })),
  "a state at no step": () => rewrite("guest", (kept) => ({ ...kept, state: { ...kept.state, step: "gone" } })),
  "a flow of another format": () => rewrite("flow", (kept) => ({ ...kept, flow: { ...kept.flow, format: 9 } })),
  "a flow of another shape": () =>
    rewrite("flow", (kept) => ({ ...kept, flow: { version: kept.flow.version, graph: {} } })),
  "no flow": () =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith("munui.v1.flow."))
      .forEach((key) => localStorage.removeItem(key)),
};

for (const [name, leave] of Object.entries(LEFT_BY_ANOTHER_VERSION)) {
  test(`${name} goes on at resume, and nothing that was said is lost`, async (group) => {
    const warned = group.mock.method(console, "warn", () => {});
    const store = await stores.LocalStore();
    const { tables } = await store.flow();
    const opened = await store.open(uuid4());
    const { id } = opened.conversation;
    await store.turn(id, text("처음에 한 말"));
    leave();
    const sent = text("다시 왔어요");
    const told = await store.turn(id, sent);
    const resume = tables.ko.resume.messages.map(({ content }) => content);
    assert.deepEqual(
      told.messages.slice(0, 1 + resume.length).map(({ content }) => content),
      ["다시 왔어요", ...resume],
    );
    assert.match(warned.mock.calls[0].arguments[0], /flow_unreadable/);
    assert.equal(warned.mock.callCount(), 1);
    const asked = told.messages.findLast((one) => one.kind === "chips");
    assert.equal((await store.turn(id, chip(asked, "shipping"))).messages.length > 1, true);
    assert.equal((await store.turn(id, sent)).replayed, true);
    assert.equal(warned.mock.callCount(), 1);
    const { messages } = await store.messages(id);
    assert.deepEqual(
      messages.slice(0, opened.messages.length).map(({ id: one }) => one),
      opened.messages.map(({ id: one }) => one),
    );
    assert.ok(messages.some((one) => one.content === "처음에 한 말"));
    assert.equal(new Set(messages.map((one) => one.id)).size, messages.length);
  });
}

test("a click that the flow of today does not know counts as what it said", async (group) => {
  group.mock.method(console, "warn", () => {});
  const store = await stores.LocalStore();
  const opened = await store.open(uuid4());
  const { id } = opened.conversation;
  rewrite("guest", (kept) => ({
    ...kept,
    state: { version: 9 },
    messages: kept.messages.map((one) =>
      one.kind === "chips" ? { ...one, payload: { chips: [{ id: "gone", label: "옛 항목" }] } } : one,
    ),
  }));
  const told = await store.turn(id, chip(last(opened), "gone"));
  assert.equal(told.messages[0].content, "옛 항목");
  assert.deepEqual(told.updatedMessages[0].answer, { chipId: "gone", label: "옛 항목" });
  assert.ok(told.messages.length > 1);
});
