/** The browser's module agrees with the engine of the service on every case that the service wrote down. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { asksForPerson, openConversation, takeTurn } from "../../service/static/munui/engine.js";
import { derivedIds } from "../../service/static/munui/ids.js";

const folder = process.env.MUNUI_VECTORS;
assert.ok(folder, "MUNUI_VECTORS names the folder");

function run(flow, { locale, conversationId, clientMessageId, state, event, knowledge, now }) {
  const context = { conversationId, ids: derivedIds(flow.ids, conversationId, clientMessageId), now };
  if (!state) return openConversation(flow, locale, context, event ? "resume" : "opening");
  return takeTurn(flow, state, event, context, knowledge);
}

function outcome(flow, one) {
  try {
    const asked = Boolean(one.state) && asksForPerson(flow, one.state, one.event);
    return { ...written(run(flow, one)), asksForPerson: asked };
  } catch (error) {
    if (!error.code) throw error;
    return { error: error.code, errors: error.errors };
  }
}

const written = ({ state, messages, text, answer, status, inquiry }) => ({
  state,
  userText: text,
  answer,
  status,
  inquiry,
  messages: messages.map(({ id, role, kind, content, payload, step }) => ({ id, role, kind, content, payload, step })),
});

test("the folder of vectors is named by MUNUI_VECTORS", async (group) => {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".json"))) {
    const { flow, cases } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    await group.test(`${name}: ${cases.length} cases`, () => {
      assert.ok(cases.length > 0);
      for (const one of cases) {
        const before = structuredClone(one.state);
        assert.deepEqual(outcome(flow, one), one.result, JSON.stringify(one.event));
        assert.deepEqual(one.state, before, "the state it was given has changed");
      }
    });
  }
});

test("messages have the outside form of the API", () => {
  const { flow } = JSON.parse(readFileSync(join(folder, "inquiry.json"), "utf8"));
  const context = { conversationId: "0b7e4b2c-7a4f-4a37-9a52-0d6f2f7d1c11", ids: () => "id", now: "now" };
  const [first] = openConversation(flow, "ko", context).messages;
  assert.deepEqual(Object.keys(first).sort(), [
    "answer",
    "answeredAt",
    "clientMessageId",
    "content",
    "conversationId",
    "createdAt",
    "cursor",
    "id",
    "inReplyTo",
    "kind",
    "payload",
    "requestId",
    "role",
    "step",
  ]);
});
