// The connection to Postgres, with everything in which the driver's values would differ from PostgREST's.

import { createPostgresConnection } from "@supabase/lite/postgres";
import { CompiledQuery } from "kysely";

import { headersOfRequest } from "./errors.mjs";
import { makePool } from "./pool.mjs";

// `2026-11-22 06:01:37.123+00` -> `2026-11-22T06:01:37.123+00:00`, as PostgREST prints it. Years BC and
// infinity have no RFC 3339 form and pass as they are.
const TIMESTAMPTZ = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(?::?(\d\d))?$/;

export function rfc3339(text) {
  const found = TIMESTAMPTZ.exec(text);
  return found ? `${found[1]}T${found[2]}${found[3]}:${found[4] ?? "00"}` : text;
}

const timestamp = (text) => text.replace(" ", "T");

// An rpc's jsonb argument arrives here already as JSON text, unless it is a string: encoding the text again would
// make it a JSON string. A string that happens to be JSON text itself is taken for that, the one difference left.
function asJson(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}

const asIs = (value) => value;

const TYPES = {
  timestamptz: { to: 1184, from: [1184], serialize: asIs, parse: rfc3339 },
  timestamp: { to: 1114, from: [1114], serialize: asIs, parse: timestamp },
  json: { to: 114, from: [114], serialize: asJson, parse: JSON.parse },
  jsonb: { to: 3802, from: [3802], serialize: asJson, parse: JSON.parse },
};

// What a statement may ask about its caller and its request, in one statement: the embedded server sends eleven, and
// each is a way to Postgres and back.
const CALLER = `select set_config('role', $1, true), set_config('request.jwt.claim.role', $1, true),
   set_config('request.jwt.claim.sub', $2, true), set_config('request.jwt.claims', $3, true),
   set_config('request.headers', $4, true)`;
const CALLER_AND_CALL = `${CALLER}, set_config('response.status', '', true), set_config('response.headers', '', true),
   set_config('request.method', $5, true), set_config('request.path', $6, true)`;

function tellContextAtOnce(connection, beforeRequest) {
  const calls = new WeakMap();
  const withContext = connection.withContext.bind(connection);
  connection.withContext = (context, run, options) => {
    if (context && options?.rpc) calls.set(context, options.rpc);
    return withContext(context, run, options);
  };
  connection.applyRpcRequestGucs = async () => {};
  connection.applyJwtSessionContext = async (transaction, context) => {
    const { role = "anon", uid, jwt } = context.auth ?? {};
    const claims = jwt && typeof jwt === "object" ? JSON.stringify(jwt) : "";
    const caller = [role, String(uid ?? ""), claims, JSON.stringify(headersOfRequest())];
    const call = calls.get(context);
    const told = call ? CALLER_AND_CALL : CALLER;
    await transaction.executeQuery(
      CompiledQuery.raw(told + beforeRequest, call ? [...caller, call.method, call.path] : caller),
    );
  };
}

// What PostgREST does with the setting db_pre_request, which is kept with the role that it connects as: the function is
// called as the caller, when everything about the request is told. Postgres takes a list of expressions in its order.
async function callBeforeRequest(driver) {
  const [{ name }] = await driver.unsafe("select current_setting('pgrst.db_pre_request', true) as name");
  if (!name) return "";
  if (!/^\w+(\.\w+)?$/.test(name)) throw new Error(`db_pre_request: ${name} is no name of a function`);
  return `, ${name}()::text`;
}

// What a transaction of the embedded server borrows, as its driver would lend it. Statements are prepared once a connection,
// as PostgREST does: otherwise each is parsed, planned and described anew.
function lendFrom(pool, driver) {
  driver.reserve = async () => {
    const line = await pool.borrow();
    return {
      unsafe: (text, parameters = []) =>
        line.run((own) => own.unsafe(text, parameters, { prepare: parameters.length > 0 })),
      release: () => pool.giveBack(line),
    };
  };
}

// A statement of the gateway's own, written as the driver takes one, on whichever connection is free.
function askingIn(pool, driver) {
  const ask = async (...statement) => {
    const line = await pool.borrow();
    try {
      return await line.run((own) => own(...statement));
    } finally {
      pool.giveBack(line);
    }
  };
  return Object.assign(ask, { part: (text) => driver.unsafe(text) });
}

export async function connect(settings) {
  const connection = createPostgresConnection({
    url: settings.databaseUrl,
    postgresOptions: {
      types: TYPES,
      // A notice may quote what a person wrote; it is not for a log.
      onnotice: () => {},
      connection: { TimeZone: "UTC", application_name: "munui-gateway" },
    },
  });
  const { driver } = connection;
  tellContextAtOnce(connection, await callBeforeRequest(driver));
  // It has asked for the array types, which the others are given with its options, and is not needed any more.
  await driver.end();
  const pool = makePool(driver.options, settings.poolSize);
  lendFrom(pool, driver);
  connection.sql = askingIn(pool, driver);
  connection.close = pool.end;
  // Without this the first request grants everything on every table to anon and authenticated.
  connection.rlsState = "active";
  return connection;
}
