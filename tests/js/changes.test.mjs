/**
 * Answers of the service overtake each other, come twice, and miss what a hint told of: in whatever order they are
 * applied, the chat shows every message once, in its place, as it was last.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as cached from "../../service/static/munui/cache-adapter.js";
import { randomly } from "./orders.mjs";

const ID = "conversation";

/** What happens in a conversation, and the answer that each change gives whom it is asked by. */
function story(random, length) {
  const messages = [];
  const answers = [];
  let rev = 0;
  const now = () => ({ id: ID, status: "open", handling: "agent", rev, unreadCount: 0 });
  const write = (number) => {
    rev += 1;
    messages.push({ id: `m${number}`, cursor: String(messages.length + 1), kind: "text", role: "system", rev });
    return [messages.at(-1)];
  };
  const changed = (after) =>
    messages
      .filter((one) => one.rev > after)
      .sort((one, other) => one.rev - other.rev)
      .map((one) => ({ ...one }));
  const page = (after, most = 200) => {
    const found = changed(after);
    return { conversation: now(), messages: found.slice(0, most), hasMore: found.length > most };
  };
  for (let number = 0; number < length; number += 1) {
    const kind = random(4);
    if (kind === 0)
      rev += 1; // somebody takes it: no message shows that
    else if (kind === 1 && messages.length) {
      rev += 1;
      const at = random(messages.length);
      messages[at] = { ...messages[at], answeredAt: `at ${rev}`, rev };
    } else {
      const said = write(number).map((one) => ({ ...one }));
      const turn = { conversation: now(), messages: said, updatedMessages: [] };
      answers.push((cache) => cached.applyTurn(cache, turn));
    }
    const newest = { conversation: now(), messages: messages.slice(-5).map((one) => ({ ...one })) };
    newest.previousCursor = messages.length > 5 ? newest.messages[0].cursor : null;
    if (newest.messages.length && !random(6)) answers.push((cache) => cached.applyNewest(cache, newest));
    const [from, most] = [random(rev + 1), 1 + random(3)];
    const part = page(from, most);
    // Asked for only by who knows everything up to there.
    answers.push((cache) => cached.revOf(cache, ID) >= from && cached.applyChanged(cache, part));
  }
  return { messages, answers, page };
}

test("in whatever order answers come, the end is the same", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randomly(seed);
    const { messages, answers, page } = story(random, 30);
    const cache = cached.newCache();
    const opened = {
      conversation: { id: ID, status: "open", rev: 0, unreadCount: 0 },
      messages: [{ id: "opening", cursor: "0", rev: 0 }],
      replayed: false,
    };
    // Another tab tells of it late, after what was said in it, or again; and the list was asked for before it was there.
    const held = () => cached.logOf(cache, ID).messages.map(({ id }) => id);
    const open = () => {
      const known = held();
      cached.applyOpened(cache, opened);
      assert.deepEqual(
        known.filter((id) => !held().includes(id)),
        [],
        `seed ${seed}: forgotten`,
      );
    };
    if (random(3)) open();
    const before = cache.conversations;
    const list = () => {
      const isKnown = Boolean(cached.conversationOf(cache, ID));
      cached.applyList(cache, { conversations: before, nextCursor: null }, before);
      assert.equal(Boolean(cached.conversationOf(cache, ID)), isKnown, `seed ${seed}: not listed`);
    };
    answers.splice(random(6), 0, open);
    answers.splice(random(6), 0, list);
    while (answers.length) {
      const [apply] = answers.splice(random(Math.min(answers.length, 8)), 1);
      apply(cache);
      if (!random(4)) apply(cache);
    }
    for (let more = true; more; ) {
      const next = page(cached.revOf(cache, ID), 2);
      cached.applyChanged(cache, next);
      more = next.hasMore;
    }
    const log = cached.logOf(cache, ID);
    const known = log.messages.filter(({ id }) => id !== "opening");
    assert.deepEqual(known, messages.slice(-known.length), `seed ${seed}`);
    assert.ok(known.length >= Math.min(5, messages.length), `seed ${seed}: a page is missing`);
    assert.ok(known.length === messages.length || log.previousCursor, `seed ${seed}: ${known.length}`);
    assert.equal(cached.conversationOf(cache, ID).rev, page(0).conversation.rev);
  }
});

/** A conversation in which only the service speaks, and what it answers whoever asks it, before or after it heard what was read. */
function told(length) {
  const messages = Array.from({ length }, (_, index) => ({
    ...{ id: `m${index + 1}`, cursor: String(index + 1), kind: "text", role: "bot", rev: index + 1 },
  }));
  const conversation = (last, marker) => ({
    ...{ id: ID, status: "open", handling: "agent", rev: last },
    ...{ unreadCount: Math.max(0, last - marker), lastMessage: messages[last - 1] },
  });
  const changed = (from, last, marker) => ({
    ...{ conversation: conversation(last, marker), messages: messages.slice(from, last), hasMore: false },
  });
  return { messages, conversation, changed };
}

test("what was seen is not unread again, whatever the service knew of it when it counted", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randomly(seed);
    const length = 2 + random(12);
    const { messages, conversation, changed } = told(length);
    const cache = cached.newCache();
    const first = 1 + random(length);
    const page = { conversation: conversation(first, 0), messages: messages.slice(0, first), previousCursor: null };
    cached.applyNewest(cache, page);
    assert.equal(cached.unreadTotal(cache), first, `seed ${seed}: nothing was seen`);
    const { seen } = cached.applySeen(cache, { conversationId: ID });
    assert.equal(cached.unreadTotal(cache), 0);
    const answers = Array.from({ length: 8 }, () => {
      const last = first + random(length - first + 1);
      const marker = random(2) ? seen : random(seen + 1);
      const list = { conversations: [conversation(last, marker)], nextCursor: null };
      return [
        () => cached.applyChanged(cache, changed(cached.revOf(cache, ID), last, marker)),
        () => last <= cached.revOf(cache, ID) && cached.applyList(cache, list, cache.conversations),
        () => cached.applySeen(cache, { conversationId: ID, seen: random(seen + 1) }), // another tab, later
      ][random(3)];
    });
    answers.forEach((apply) => apply());
    const { rev } = cached.logOf(cache, ID);
    assert.equal(cached.unreadTotal(cache), rev - seen, `seed ${seed}`);
  }
});

test("what is not known here is counted by the service, and what was seen elsewhere is seen here", () => {
  const { messages, conversation } = told(9);
  const cache = cached.newCache();
  cached.applyList(cache, { conversations: [conversation(7, 2)], nextCursor: null }, []);
  assert.equal(cached.unreadTotal(cache), 5);
  cached.applyNewest(cache, { conversation: conversation(9, 2), messages: messages.slice(6), previousCursor: "7" });
  assert.equal(cached.unreadTotal(cache), 7, "four of them further up, not loaded");
  cached.applySeen(cache, { conversationId: ID, seen: 8 });
  assert.equal(cached.unreadTotal(cache), 1);
  cached.applyList(cache, { conversations: [conversation(9, 9)], nextCursor: null }, cache.conversations);
  cached.applyList(cache, { conversations: [conversation(9, 3)], nextCursor: null }, cache.conversations);
  assert.equal(cached.unreadTotal(cache), 0, "read on another device, and the list of before came late");
  cached.applySeen(cache, { conversationId: "gone" });
});
