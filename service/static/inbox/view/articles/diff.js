/** What is otherwise between two texts, line by line and within a line. Pure. */

/** As many pairs as are compared; beyond that all of the one is gone and all of the other is new. */
const MOST = 4_000_000;

/**
 * @typedef {{kind: "same"|"gone"|"new", text: string}} Piece
 * @param {string[]} before @param {string[]} after @returns {Piece[]} what is gone before what is new
 */
export function compared(before, after) {
  let [head, tail] = [0, 0];
  const shorter = Math.min(before.length, after.length);
  while (head < shorter && before[head] === after[head]) head += 1;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const [gone, fresh] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  return [...of("same", before.slice(0, head)), ...middle(gone, fresh), ...of("same", tail ? before.slice(-tail) : [])];
}

/** Words, joined to pieces: what is said in other words is one piece, with the blanks in it. @param {string} before @param {string} after @returns {Piece[]} */
export function comparedWords(before, after) {
  const pieces = compared(words(before), words(after));
  const joined = [];
  for (let at = 0; at < pieces.length; ) {
    const isSame = pieces[at].kind === "same";
    const run = isSame ? upTo(pieces, at, ({ kind }) => kind !== "same") : otherwise(pieces, at);
    if (isSame) joined.push({ kind: "same", text: textOf(run, "same") });
    else joined.push(...["gone", "new"].map((kind) => ({ kind, text: textOf(run, kind) })).filter(({ text }) => text));
    at += run.length;
  }
  return joined;
}

/** From here on, up to the next word that stayed. */
function otherwise(pieces, from) {
  const run = upTo(pieces, from, ({ kind, text }) => kind === "same" && text.trim());
  while (run.at(-1).kind === "same") run.pop();
  return run;
}

/** What a run of pieces was (`gone`), or is (`new`). */
const textOf = (run, kind) =>
  run
    .filter((one) => one.kind === kind || one.kind === "same")
    .map(({ text }) => text)
    .join("");

/**
 * Lines, those that were only changed as one.
 * @param {string} before @param {string} after
 * @returns {({kind: "same"|"gone"|"new", text: string}|{kind: "changed", pieces: Piece[]})[]}
 */
export function comparedLines(before, after) {
  const pieces = compared(linesOf(before), linesOf(after));
  const lines = [];
  for (let at = 0; at < pieces.length; ) {
    if (pieces[at].kind === "same") {
      lines.push(pieces[at]);
      at += 1;
      continue;
    }
    const run = upTo(pieces, at, ({ kind }) => kind === "same");
    const [gone, fresh] = ["gone", "new"].map((kind) => run.filter((one) => one.kind === kind));
    const pairs = gone.slice(0, fresh.length).map(({ text }, place) => [text, fresh[place].text]);
    for (const [one, other] of pairs) lines.push(...pair(one, other));
    lines.push(...gone.slice(pairs.length), ...fresh.slice(pairs.length));
    at += run.length;
  }
  return lines;
}

/** Two lines that share something are one that was changed. */
function pair(before, after) {
  const pieces = comparedWords(before, after);
  const kept = pieces.filter(({ kind, text }) => kind === "same" && text.trim()).map(({ text }) => text);
  if (kept.join("").length * 3 < Math.max(before.length, after.length))
    return [
      { kind: "gone", text: before },
      { kind: "new", text: after },
    ];
  return [{ kind: "changed", pieces }];
}

const linesOf = (text) => (text ? text.split("\n") : []);
const words = (text) => text.match(/\s+|[^\s]+/g) ?? [];
const of = (kind, texts) => texts.map((text) => ({ kind, text }));

function upTo(pieces, from, isEnd) {
  const end = pieces.findIndex((one, at) => at >= from && isEnd(one));
  return pieces.slice(from, end < 0 ? undefined : end);
}

/** By the longest sequence that both have. */
function middle(before, after) {
  if (before.length * after.length > MOST) return [...of("gone", before), ...of("new", after)];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const isBoth = i < before.length && j < after.length;
    if (isBoth && before[i] === after[j]) {
      pieces.push({ kind: "same", text: before[i] });
      [i, j] = [i + 1, j + 1];
    } else if (j === after.length || (isBoth && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      pieces.push({ kind: "gone", text: before[i] });
      i += 1;
    } else {
      pieces.push({ kind: "new", text: after[j] });
      j += 1;
    }
  }
  return pieces;
}
