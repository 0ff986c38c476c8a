// What PostgREST answers to a database error, for the errors that the embedded server leaves at a bare 500.
// Errors that it already answers as PostgREST does pass untouched.
import { AsyncLocalStorage } from "node:async_hooks";

const request = new AsyncLocalStorage();

// SQLSTATE (or its class) -> HTTP status, after PostgREST's own table. The longest prefix wins.
const STATUS = {
  "08": 503,
  "09": 500,
  "0L": 403,
  "0P": 403,
  23503: 409,
  23505: 409,
  25006: 405,
  25: 500,
  28: 403,
  "2D": 500,
  38: 500,
  39: 500,
  "3B": 500,
  40: 500,
  53400: 500,
  53: 503,
  54: 500,
  55: 500,
  57: 500,
  58: 500,
  42883: 404,
  "42P01": 404,
  "42P17": 500,
  42501: 403,
  F0: 500,
  HV: 500,
  P0001: 400,
  P0: 500,
  XX: 500,
};
const SQLSTATE = /^[0-9A-Z]{5}$/;
// What the driver, a socket, and a server that ends or refuses a connection call it.
const UNREACHABLE = /^(ECONN|ENOTFOUND|ETIMEDOUT|EPIPE|CONNECT|57P|08)/;

export function statusOf(code) {
  const custom = /^PT([2-5]\d\d)$/.exec(code);
  if (custom) return Number(custom[1]);
  return STATUS[code] ?? STATUS[code.slice(0, 2)] ?? 400;
}

// The server hands each database error to connection.normalizeDbError before it answers: the one place to see it.
export function rememberErrors(connection) {
  const normalize = connection.normalizeDbError.bind(connection);
  connection.normalizeDbError = (error) => {
    const normal = normalize(error);
    const store = request.getStore();
    if (store) store.error = normal;
    return normal;
  };
}

// The headers of the request that is being answered, as PostgREST tells them to functions; none between requests.
export function headersOfRequest() {
  return Object.fromEntries(request.getStore()?.headers ?? []);
}

function problem(status, code, message, details = null, hint = null) {
  return Response.json({ code, details, hint, message }, { status });
}

function unreachable() {
  return problem(503, "PGRST001", "Database connection error. Retrying the connection.");
}

function codeOf(error) {
  return typeof error?.code === "string" ? error.code : "";
}

async function cured(response, error) {
  if (response.status < 400) return response;
  const code = codeOf(error);
  // Also where the server says that there is no such table: it could not look.
  if (UNREACHABLE.test(code)) return unreachable();
  if (response.status < 500) return response;
  const body = await response
    .clone()
    .json()
    .catch(() => null);
  const isDatabase = body?.code === "SUP" || body?.code === code;
  if (!isDatabase || !SQLSTATE.test(code)) return response;
  return problem(statusOf(code), code, error.message, error.detail ?? null, error.hint ?? null);
}

// Runs one request and repairs its answer.
export function withCuredErrors(handle) {
  return (incoming) =>
    request.run({ error: null, headers: incoming.headers }, async () => {
      const response = await handle(incoming);
      return cured(response, request.getStore().error);
    });
}

// The embedded server prints whole errors, with the row they are about. Only what names the fault may be logged.
export function quietConsole() {
  console.error = (...parts) => {
    const line = parts.map(describe).filter(Boolean).join(" ");
    const store = request.getStore();
    const fault = parts.find((part) => part instanceof Error || typeof part?.code === "string");
    if (store && fault && !store.error) store.error = fault;
    process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  };
}

function describe(part) {
  if (typeof part === "string") return part;
  if (part && typeof part === "object") return `${part.name ?? "Error"} ${part.code ?? ""}`.trim();
  return "";
}

// A fault that nobody waits for ends the gateway, and its line in the log is as every other one. It outlives what it began on
// a connection to Postgres that has ended since.
export function outliveLostConnections() {
  process.on("uncaughtException", (error) => {
    console.error("uncaught:", error);
    if (!UNREACHABLE.test(codeOf(error))) process.exit(1);
  });
}
