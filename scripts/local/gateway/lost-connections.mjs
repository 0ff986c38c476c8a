// Connections to Postgres that end at a bad moment. The driver (its issue 1208) then writes to a socket that is gone, throws
// where nobody can catch it, and forgets who had borrowed the connection, or waited for one. Here each of them is told.

// What the driver, a socket and a server that ends a connection call it.
const LOST = /^(CONNECTION_|ECONN|EPIPE|57P0)/;
// Milliseconds to wait for a connection, twice: as long as PostgREST waits for one. The driver waits for ever.
const WAIT = 5000;

function lost() {
  return Object.assign(new Error("The connection to Postgres has ended"), { code: "CONNECTION_CLOSED" });
}

// Who is to be told that a connection has ended: its borrower, by its number, and everybody who waits for any.
// `onclose` is an option of the driver.
export function watchEndings() {
  const borrowers = new Map();
  const waiting = new Set();
  return {
    borrowers,
    waiting,
    onclose(id) {
      for (const tell of [borrowers.get(id), ...waiting]) tell?.(lost());
    },
  };
}

// The driver may lose the place of who waits when a connection ends: that one asks once more.
async function borrow(reserve, { waiting }, isFirst = true) {
  const asked = reserve();
  let tell;
  const ended = new Promise((resolve) => {
    tell = resolve;
  }).then((fault) => ({ fault }));
  waiting.add(tell);
  const timer = setTimeout(() => tell(lost()), WAIT);
  const { lent, fault } = await Promise.race([asked.then((found) => ({ lent: found })), ended]).finally(() => {
    clearTimeout(timer);
    waiting.delete(tell);
  });
  if (lent) return lent;
  asked.then((late) => late.release()).catch(() => {});
  if (!isFirst) throw fault;
  return borrow(reserve, { waiting }, false);
}

// What the driver lends for a transaction, changed in two ways. Statements are prepared once a connection, as PostgREST
// does: otherwise each is parsed, planned and described anew. And a connection that has ended fails whatever waits for
// it, takes no more statements and is not given back.
export function lendWithCare(driver, endings) {
  const { borrowers } = endings;
  const reserve = driver.reserve;
  driver.reserve = async () => {
    const lent = await borrow(reserve, endings);
    const { unsafe, release } = lent;
    let fault = null;
    let connection = null;
    let fail;
    const ended = new Promise((_, reject) => {
      fail = (error) => {
        fault = error;
        reject(error);
      };
    });
    ended.catch(() => {});
    const onexecute = (used) => {
      connection = used.id;
      borrowers.set(connection, fail);
      return true;
    };
    lent.unsafe = async (text, parameters = []) => {
      if (fault) throw fault;
      try {
        return await Promise.race([unsafe(text, parameters, { prepare: parameters.length > 0, onexecute }), ended]);
      } catch (error) {
        if (LOST.test(error?.code ?? "")) fault = error;
        throw error;
      }
    };
    lent.release = () => {
      if (borrowers.get(connection) === fail) borrowers.delete(connection);
      if (!fault) release();
    };
    return lent;
  };
}

// A fault of the driver's own, or what the system says of its socket, which has no line of the driver in its stack.
function isLost(error) {
  return LOST.test(error?.code ?? "") || /\/postgres\/src\/connection\.js/.test(error?.stack ?? "");
}

// What nobody waits for, such as the types that the driver asks a new connection for, is rejected or thrown all the same.
export function outliveLostConnections() {
  process.on("uncaughtException", (error) => {
    console.error("uncaught:", error);
    if (!isLost(error)) process.exit(1);
  });
}
