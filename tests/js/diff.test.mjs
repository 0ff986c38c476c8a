/** What is otherwise between two texts: whatever they are, the pieces are the one and the other. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { compared, comparedLines, comparedWords } from "../../service/static/inbox/view/articles/diff.js";

const side = (pieces, kind) => pieces.filter((one) => one.kind === "same" || one.kind === kind).map(({ text }) => text);

/** Lines as they were, or as they are: a changed one stands for both. */
const lines = (found, kind) =>
  found.flatMap((one) => {
    if (one.kind === "changed") return [side(one.pieces, kind).join("")];
    return one.kind === "same" || one.kind === kind ? [one.text] : [];
  });

test("what changed is found, and no more", () => {
  const found = comparedLines(
    "## 출고\n\n평일 오후 2시 이전에 출고해요.\n끝",
    "## 출고\n\n평일 오후 3시 이전에 출고해요.\n새 줄\n끝",
  );
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ["same", "same", "changed", "new", "same"],
  );
  assert.deepEqual(
    found[2].pieces.filter(({ kind }) => kind !== "same"),
    [
      { kind: "gone", text: "2시" },
      { kind: "new", text: "3시" },
    ],
  );
});

test("lines that share next to nothing are one that is gone and one that is new", () => {
  assert.deepEqual(
    comparedLines("Delivery times and fees", "배송 기간과 출고일").map(({ kind }) => kind),
    ["gone", "new"],
  );
});

test("a phrase that was put otherwise is one piece", () => {
  assert.deepEqual(comparedWords("평일 **오후 2시** 이전", "평일 **오전 11시** 이전"), [
    { kind: "same", text: "평일 " },
    { kind: "gone", text: "**오후 2시**" },
    { kind: "new", text: "**오전 11시**" },
    { kind: "same", text: " 이전" },
  ]);
});

test("nothing, and nothing else", () => {
  assert.deepEqual(comparedLines("", ""), []);
  assert.deepEqual(comparedLines("", "하나"), [{ kind: "new", text: "하나" }]);
  assert.deepEqual(comparedLines("하나", ""), [{ kind: "gone", text: "하나" }]);
});

test("any two texts", () => {
  // The same numbers each time.
  let seed = 7;
  const next = (below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const text = () => Array.from({ length: next(12) }, () => "가나 \n".at(next(4))).join("");
  for (let turn = 0; turn < 2000; turn += 1) {
    const [before, after] = [text(), text()];
    const found = comparedLines(before, after);
    assert.equal(lines(found, "gone").join("\n"), before);
    assert.equal(lines(found, "new").join("\n"), after);
    const words = comparedWords(before, after);
    assert.equal(side(words, "gone").join(""), before);
    assert.equal(side(words, "new").join(""), after);
  }
});

test("long texts without a common line end soon", () => {
  const [before, after] = ["a", "b"].map((letter) => Array.from({ length: 25_000 }, (_, at) => `${letter}${at}`));
  assert.equal(compared(before, after).length, 50_000);
});
