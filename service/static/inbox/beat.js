/** A clock that goes on while its page is hidden, where browsers slow down the page's own. It does nothing else. */

const EVERY = 10_000;

setInterval(() => postMessage("beat"), EVERY);
