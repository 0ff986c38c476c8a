// The connections to Postgres, lent one by one. The driver has a pool of its own, but a connection that ends leaves there what
// was under way on it: who gets the next in its place is told the fault of the one before, is never heard, or is forgotten (its
// issues 1195, 1208, 1215). So here each connection has a driver of its own, which makes no other one and goes with it.
import { once } from "node:events";
import { connect } from "node:net";

import postgres from "postgres";

// Milliseconds to wait for a connection: as long as PostgREST does.
const WAIT = 10_000;

function lost(cause) {
  return Object.assign(new Error("The connection to Postgres has ended", { cause }), { code: "CONNECTION_CLOSED" });
}

// One connection. When it ends, whoever waits on it is told at once, and so is whoever asks it after that.
class Line {
  #fault = null;
  #fail = () => {};
  #socket = null;
  #whenOver;

  constructor(options, whenOver) {
    this.#whenOver = whenOver;
    const limits = { max: 1, max_lifetime: 0, connect_timeout: WAIT / 1000 };
    this.driver = postgres({ ...options, ...limits, socket: (where) => this.#dial(where) });
  }

  get isOver() {
    return this.#fault !== null;
  }

  // Runs one statement, a function of the driver. The next one waits for its answer.
  run(statement) {
    return new Promise((resolve, reject) => {
      if (this.isOver) throw this.#fault;
      this.#fail = reject;
      statement(this.driver).then(resolve, reject);
    });
  }

  // The driver asks once more when its connection has ended and there is, as it believes, more to do.
  async #dial({ host: [host], port: [port] }) {
    if (this.#socket) throw lost();
    this.#socket = connect(port, host);
    for (const end of ["error", "end", "close"]) this.#socket.once(end, (cause) => this.#end(cause));
    await once(this.#socket, "connect");
    return this.#socket;
  }

  #end(cause) {
    if (this.isOver) return;
    this.#fault = lost(cause);
    this.#fail(this.#fault);
    this.#whenOver();
  }
}

// At most `size` connections, made when they are needed, by options as a driver has parsed them. Their array types are known.
export function makePool(options, size) {
  const lines = new Set();
  const idle = new Set();
  const waiting = new Set();
  let opening = 0;

  function lend(line) {
    const [next] = waiting;
    if (!next) return idle.add(line);
    waiting.delete(next);
    return next.give(line);
  }

  function fill() {
    while (opening < waiting.size && lines.size + opening < size) open();
  }

  async function open() {
    opening += 1;
    const line = new Line({ ...options, fetch_types: false }, () => {
      idle.delete(line);
      if (lines.delete(line)) fill();
    });
    const fault = await line
      .run((driver) => driver.unsafe("select"))
      .then(
        () => null,
        (error) => error,
      );
    opening -= 1;
    if (fault === null) {
      lines.add(line);
      lend(line);
    } else if (waiting.size > opening) {
      // One of those who wait is told; for each of the others a connection is on its way, or was not tried.
      const [first] = waiting;
      waiting.delete(first);
      first.refuse(fault);
    }
    fill();
  }

  function wait() {
    return new Promise((give, refuse) => {
      const one = { give, refuse };
      setTimeout(() => waiting.delete(one) && refuse(lost()), WAIT);
      waiting.add(one);
      fill();
    });
  }

  return {
    async borrow() {
      const [line] = idle;
      if (!line) return wait();
      idle.delete(line);
      return line;
    },
    giveBack(line) {
      if (!line.isOver) lend(line);
    },
    // Statements under way have a second.
    async end() {
      await Promise.all([...lines].map((line) => line.driver.end({ timeout: 1 })));
    },
  };
}
