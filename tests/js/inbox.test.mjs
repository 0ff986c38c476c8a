/**
 * What the screen of a conversation keeps: what was said in whatever order answers come, unsent texts and drafts over
 * several tabs, canned replies, snoozes. The service is played here only where its answers are given out of order; that
 * it answers so is held by tests/web and tests/browser/inbox.
 */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { askedFor, filled, found, gapsIn, known } from "../../service/static/inbox/store/canned.js";
import { Drafts } from "../../service/static/inbox/store/drafts.js";
import * as history from "../../service/static/inbox/store/history.js";
import { Outbox } from "../../service/static/inbox/store/outbox.js";
import { presets } from "../../service/static/inbox/store/snoozes.js";
import { newSince, timeline } from "../../service/static/inbox/store/timeline.js";
import { randomly } from "./orders.mjs";

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

// Node has no locks: each tab of its own.
globalThis.navigator ??= {};

beforeEach(() => {
  globalThis.localStorage = new Storage();
});

test("in whatever order answers come, the history ends the same", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomly(seed);
    const messages = [];
    let rev = 0;
    const write = () => {
      rev += 1;
      messages.push({ id: `m${messages.length}`, cursor: String(messages.length + 1), role: "user", rev });
      return { ...messages.at(-1) };
    };
    const page = (after, most) => {
      const all = messages.filter((one) => one.rev > after).sort((one, other) => one.rev - other.rev);
      const shown = all.slice(0, most).map((one) => ({ ...one }));
      return { conversation: { messagesRev: rev }, messages: shown, hasMore: all.length > most };
    };
    for (let number = 0; number < 8; number += 1) write();
    const log = history.newHistory();
    const newest = messages.slice(-5).map((one) => ({ ...one }));
    history.begin(log, { conversation: { messagesRev: rev }, messages: newest, previousCursor: newest[0].cursor });
    const answers = [];
    for (let step = 0; step < 30; step += 1) {
      const kind = random(3);
      if (kind === 0) rev += 1;
      else if (kind === 1) {
        rev += 1;
        const at = random(messages.length);
        messages[at] = { ...messages[at], answeredAt: `at ${rev}`, rev };
      } else {
        const said = write();
        answers.push(() => history.put(log, [said]));
      }
      const from = random(rev + 1);
      const part = page(from, 1 + random(3));
      answers.push(() => log.rev >= from && history.change(log, part));
    }
    while (answers.length) {
      const [apply] = answers.splice(random(Math.min(answers.length, 8)), 1);
      apply();
      if (!random(4)) apply();
    }
    for (let more = true; more; ) {
      const next = page(log.rev, 2);
      history.change(log, next);
      more = next.hasMore;
    }
    assert.deepEqual(log.messages, messages.slice(3), `seed ${seed}`);
    const first = messages.slice(0, 3).map((one) => ({ ...one }));
    history.extend(log, { messages: first, previousCursor: null });
    assert.deepEqual(log.messages, messages, `seed ${seed}`);
  }
});

const at = (minute, second = 0) =>
  `2026-11-26T09:${String(minute).padStart(2, "0")}:${String(second).padStart(2, "0")}Z`;
const message = (id, minute, more = {}) => ({
  id,
  cursor: "1",
  role: "user",
  kind: "text",
  rev: 1,
  createdAt: at(minute),
  ...more,
});
const log = (messages, more = {}) => ({
  messages,
  notes: [],
  activities: [],
  history: { previousCursor: null },
  ...more,
});

test("notes and what happened stand where they were made, and not before what is loaded", () => {
  const shown = {
    notes: [
      { id: "early", createdAt: at(0), clientNoteId: "x" },
      { id: "n", createdAt: at(11), clientNoteId: "y" },
    ],
    activities: [
      { id: "a", type: "conversation.assigned", createdAt: at(11, 30) },
      { id: "b", type: "note.created", createdAt: at(11) },
    ],
    history: { previousCursor: "7" },
  };
  const items = timeline(log([message("1", 10), message("2", 12)], shown), [
    { id: "y", kind: "note", at: Date.parse(at(13)) },
    { id: "z", kind: "reply", at: Date.parse(at(13)) },
  ]);
  assert.deepEqual(
    items.filter(({ type }) => type !== "day").map(({ key }) => key),
    ["1", "note n", "activity a", "2", "unsent z"],
  );
  const all = timeline(log([message("1", 10)], { ...shown, history: { previousCursor: null } }), []);
  assert.equal(all.filter(({ type }) => type === "note").length, 2);
});

test("a day stands once, and messages of one voice stand together", () => {
  const items = timeline(
    log([
      message("1", 0, { createdAt: "2026-11-25T03:00:00Z" }),
      message("2", 0),
      message("3", 1),
      message("4", 2, { role: "system", author: { name: "박" } }),
      message("5", 30, { role: "system", author: { name: "박" } }),
    ]),
    [],
  );
  assert.deepEqual(
    items.map(({ type, isFirst, isLast }) => (type === "day" ? "day" : `${Number(isFirst)}${Number(isLast)}`)),
    ["day", "11", "day", "10", "01", "11", "11"],
  );
});

test("only the customer's later words count as new", () => {
  const messages = [message("1", 1, { rev: 3 }), message("2", 2, { rev: 5 }), message("3", 3, { rev: 6, role: "bot" })];
  assert.equal(newSince({ messages }, { messagesRev: 3 }), 1);
  assert.equal(newSince({ messages }, null), 0);
});

const written = (id, content, more = {}) => ({ id, conversationId: "c", kind: "reply", content, seenRev: 4, ...more });
const problem = (status, code) =>
  Object.assign(new Error(code), { status, code, mayPass: status === 0 || status >= 500 });

/** An outbox whose service answers as it is told. */
function outbox(answer) {
  const asked = [];
  const api = { post: async (path, body) => asked.push([path, body]) && answer(body) };
  const box = new Outbox(api, "me");
  return { box, asked };
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await null;
};

test("unsent texts go in their order, each by its own call, and are forgotten when they are there", async () => {
  const { box, asked } = outbox(() => ({}));
  box.add(written("1", "하나"));
  box.add(written("2", "둘", { kind: "note" }));
  await settled();
  assert.deepEqual(asked, [
    ["/conversations/c/messages", { clientMessageId: "1", content: "하나", seenRev: 4 }],
    ["/conversations/c/notes", { clientNoteId: "2", content: "둘" }],
  ]);
  assert.deepEqual(box.unsent("c"), []);
});

for (const [status, code] of [
  [0, "network"],
  [503, "upstream_unavailable"],
  [401, "token_expired"],
])
  test(`after ${code} a text waits and goes under its first id`, async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    let isThere = false;
    const { box, asked } = outbox(() => {
      if (!isThere) throw problem(status, code);
      return {};
    });
    box.add(written("1", "하나"));
    box.add(written("2", "둘"));
    await settled();
    assert.deepEqual([asked.length, box.unsent("c").map(({ failure }) => failure)], [1, [null, null]]);
    assert.ok(box.isWaiting("c"));
    isThere = true;
    context.mock.timers.tick(2000);
    await settled();
    assert.deepEqual(
      asked.map(([, { clientMessageId }]) => clientMessageId),
      ["1", "1", "2"],
    );
    assert.deepEqual(box.unsent("c"), []);
  });

test("what is refused stays until somebody sends it again, and holds up nothing else", async () => {
  const { box, asked } = outbox(({ seenRev }) => {
    if (seenRev < 9) throw problem(409, "conversation_changed");
    return {};
  });
  box.add(written("1", "하나"));
  box.add(written("2", "둘", { seenRev: 9 }));
  await settled();
  assert.deepEqual(
    box.unsent("c").map(({ content, failure }) => [content, failure]),
    [["하나", "conversation_changed"]],
  );
  await box.flush("c");
  assert.equal(asked.length, 2);
  box.retry("1", 9);
  await settled();
  assert.deepEqual([asked.at(-1)[1].clientMessageId, box.unsent("c")], ["1", []]);
});

test("another text under an id that was used goes under a new one", async () => {
  const { box, asked } = outbox(({ clientMessageId }) => {
    if (clientMessageId === "1") throw problem(409, "idempotency_conflict");
    return {};
  });
  box.add(written("1", "하나"));
  await settled();
  box.retry("1");
  await settled();
  assert.notEqual(asked.at(-1)[1].clientMessageId, "1");
  assert.deepEqual([asked.at(-1)[1].content, box.unsent("c")], ["하나", []]);
});

test("a draft keeps its id and what had been seen when it was begun", () => {
  const drafts = new Drafts("me");
  const began = { rev: 5, messagesRev: 4 };
  const { id } = drafts.write("c", "reply", "안", began);
  drafts.write("c", "note", "메모", began);
  assert.deepEqual(drafts.write("c", "reply", "안녕", { rev: 9, messagesRev: 9 }), {
    id,
    text: "안녕",
    other: "",
    began,
  });
  assert.deepEqual([new Drafts("me").get("c", "reply").text, new Drafts("you").get("c", "reply")], ["안녕", null]);
  assert.deepEqual([...drafts.conversationIds()], ["c"]);
  drafts.keepBoth("c", "reply", "안녕", "다른 탭");
  assert.deepEqual(drafts.get("c", "reply"), { id, text: "안녕", other: "다른 탭", began });
  drafts.write("c", "reply", "");
  assert.equal(drafts.get("c", "reply").other, "다른 탭");
  drafts.write("c", "note", "");
  assert.equal(drafts.get("c", "note"), null);
});

test("a slash at the beginning of a word asks for a canned reply", () => {
  assert.deepEqual(askedFor("/배", 2), { from: 0, word: "배" });
  assert.deepEqual(askedFor("네 /배송 기타", 5), { from: 2, word: "배송" });
  assert.deepEqual(askedFor("네\n/", 3), { from: 2, word: "" });
  for (const [text, caret] of [
    ["1/2", 3],
    ["https://a", 9],
    ["/배 송", 4],
    ["없음", 2],
  ])
    assert.equal(askedFor(text, caret), null);
});

test("canned replies are found by their beginning first, in either form of Hangul", () => {
  const replies = [
    { shortcut: "인사", content: "안녕하세요. 배송을 도와드려요." },
    { shortcut: "빠른배송", content: "-" },
    { shortcut: "배송".normalize("NFD"), content: "-" },
    { shortcut: "환불", content: "-" },
  ];
  assert.deepEqual(
    found(replies, "배송").map(({ shortcut }) => shortcut.normalize("NFC")),
    ["배송", "빠른배송", "인사"],
  );
  assert.equal(found(replies, "").length, 4);
});

test("what is not known of a conversation stays as a gap", () => {
  const contact = { name: "김하나", email: null, attributes: { plan: "pro", count: 0 }, lastPageUrl: "" };
  const values = known({ row: { id: "c1", title: null }, contact }, { displayName: "박상담" });
  const text = filled(
    "{{contact.name}}님({{ contact.attributes.plan }} {{contact.attributes.count}}), {{agent.name}} {{contact.email}} {{뭐}}",
    values,
  );
  assert.equal(text, "김하나님(pro 0), 박상담 {{contact.email}} {{뭐}}");
  assert.deepEqual(
    gapsIn(text).map(({ name, from, to }) => [name, text.slice(from, to)]),
    [
      ["contact.email", "{{contact.email}}"],
      ["뭐", "{{뭐}}"],
    ],
  );
  // A name is nobody's place, and no word of the language's own.
  assert.equal(filled("{{constructor}}", values), "{{constructor}}");
  assert.equal(filled("{{contact.name}}", { "contact.name": "{{agent.name}}", "agent.name": "박" }), "{{agent.name}}");
});

const HOURS = {
  timeZone: "Asia/Seoul",
  alwaysOpen: false,
  spans: [0, 1, 2, 3, 4].flatMap((weekday) => [
    { weekday, from: "13:00", to: "18:00" },
    { weekday, from: "10:30", to: "12:00" },
  ]),
  holidays: [{ date: "2026-11-27" }],
};
const told = (hours, now) => presets(hours, new Date(now)).map(({ key, at: until }) => `${key} ${until.toISOString()}`);

test("a conversation sleeps until the team is there again", () => {
  // Thursday, 15:10 in Seoul; Friday is a holiday.
  assert.deepEqual(told(HOURS, "2026-11-26T06:10:00Z"), [
    "later 2026-11-26T09:30:00.000Z",
    "tomorrow 2026-11-30T01:30:00.000Z",
  ]);
  // Monday, 22:00: today is over, and what is left are the next morning and the next week.
  assert.deepEqual(told(HOURS, "2026-11-30T13:00:00Z"), [
    "tomorrow 2026-12-01T01:30:00.000Z",
    "week 2026-12-07T01:30:00.000Z",
  ]);
  assert.deepEqual(told({ ...HOURS, alwaysOpen: true, spans: [] }, "2026-11-27T00:00:00Z"), [
    "later 2026-11-27T03:00:00.000Z",
    "tomorrow 2026-11-28T00:00:00.000Z",
    "week 2026-11-30T00:00:00.000Z",
  ]);
  // Over the night in which the clocks go back.
  const york = {
    ...HOURS,
    timeZone: "America/New_York",
    holidays: [],
    spans: [{ weekday: 6, from: "09:00", to: "18:00" }],
  };
  assert.equal(told(york, "2026-10-31T15:00:00Z")[1], "tomorrow 2026-11-01T14:00:00.000Z");
});
