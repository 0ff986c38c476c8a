/** What tests need that give answers in many orders, the same ones at every run. No assertions. */

/** A random number below `most`, the same ones for the same seed. */
export function randomly(seed) {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** Whoever waited for what was just given has gone on. */
export const settled = () => new Promise((done) => setImmediate(done));
