// Anonymous sign-ins, as a hosted project has them: a sign-up that names neither an address nor a number makes an account
// all the same, whose tokens say is_anonymous. The embedded server refuses these and knows no such account, so what it
// refuses for that reason alone is made here, and its answers about such an account are completed.
import { randomUUID } from "node:crypto";
import { isIP } from "node:net";

import { decodeJwt, SignJWT } from "jose";

import { COLUMNS, failed, refuse, toUser } from "./users.mjs";

// Seconds: as the embedded server has it, and a hosted project by default.
const LIFE = 3600;
const HOUR = 3_600_000;
// The gateway listens here alone, so whoever is not told of is this machine.
const THIS_MACHINE = "127.0.0.1";

// So many at once for an address, and as many again over an hour, evenly; 0 for no limit.
function makeLimit(perHour) {
  const fullAt = new Map();
  return (address) => {
    const now = Date.now();
    for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key);
    const next = (fullAt.get(address) ?? now) + HOUR / perHour;
    // A millisecond for what rounding adds up to.
    if (next > now + HOUR + 1) return perHour === 0;
    fullAt.set(address, next);
    return true;
  };
}

// Whose sign-in it is may be told with the secret key only; of a list the first counts.
function addressOf(request, settings) {
  const told = (request.headers.get("sb-forwarded-for") ?? "").split(",")[0].trim();
  return request.headers.get("apikey") === settings.secretKey && isIP(told) ? told : THIS_MACHINE;
}

function sign(claims, settings) {
  const key = new TextEncoder().encode(settings.jwtSecret);
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key);
}

function claimsOf(user) {
  const { app_metadata, user_metadata } = user;
  return { email: "", phone: "", app_metadata, user_metadata, aal: "aal1", is_anonymous: true };
}

async function signUp(sql, data, settings) {
  const [id, session, refresh] = [randomUUID(), randomUUID(), randomUUID()];
  const meta = JSON.stringify(data && typeof data === "object" ? data : {});
  const [row] = await sql`
      with account as (
        insert into auth.users (id, aud, role, raw_app_meta_data, raw_user_meta_data, is_anonymous, last_sign_in_at)
        values (${id}, 'authenticated', 'authenticated', '{}', ${meta}::text::jsonb, true, now())
        returning ${sql.part(COLUMNS)}
      ), session as (
        insert into auth.sessions (id, user_id, aal) values (${session}, ${id}, 'aal1')
      ), token as (
        insert into auth.refresh_tokens (id, token, user_id, session_id)
        values (${randomUUID()}, ${refresh}, ${id}, ${session})
      )
      select * from account`;
  const user = toUser(row);
  const now = Math.floor(Date.now() / 1000);
  const who = { sub: id, aud: "authenticated", role: "authenticated", session_id: session };
  const how = { amr: [{ method: "anonymous", timestamp: now }], iat: now, exp: now + LIFE };
  return Response.json({
    access_token: await sign({ ...who, ...claimsOf(user), ...how }, settings),
    token_type: "bearer",
    expires_in: LIFE,
    expires_at: now + LIFE,
    refresh_token: refresh,
    user,
  });
}

async function bodyOf(message) {
  const body = await message
    .clone()
    .json()
    .catch(() => null);
  return body && typeof body === "object" ? body : {};
}

// The embedded server looks at keys and at the form of a body first: what it refuses for another reason stays refused.
async function isAnonymousSignUp(body, response) {
  if (response.status !== 422 || body.email || body.phone) return false;
  return (await bodyOf(response)).error_code === "anonymous_provider_disabled";
}

// An answer with an account in it, or with a session of one.
async function completed(sql, response, settings) {
  if (response.status !== 200) return response;
  const body = await bodyOf(response);
  const user = body.user ?? body;
  const [row] = user.id ? await sql`select 1 as found from auth.users where id = ${user.id} and is_anonymous` : [];
  if (!row) return response;
  user.is_anonymous = true;
  if (body.access_token) {
    body.access_token = await sign({ ...decodeJwt(body.access_token), ...claimsOf(user) }, settings);
  }
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return Response.json(body, { headers });
}

// Runs one request; all else is the embedded server's own answer.
export function withAnonymousSignIns(handle, connection, settings) {
  const sql = connection.sql;
  const mayPass = makeLimit(settings.anonymousPerHour);
  const answerSignUp = async (request) => {
    const asked = bodyOf(request);
    const response = await handle(request);
    const body = await asked;
    if (!settings.anonymousSignIns || !(await isAnonymousSignUp(body, response))) return response;
    if (!mayPass(addressOf(request, settings))) {
      return refuse(429, "over_request_rate_limit", "Request rate limit reached");
    }
    return signUp(sql, body.data, settings);
  };
  const answer = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "POST" && pathname === "/auth/v1/signup") return answerSignUp(request);
    const response = await handle(request);
    const isRefresh = pathname === "/auth/v1/token" && searchParams.get("grant_type") === "refresh_token";
    return isRefresh || pathname === "/auth/v1/user" ? completed(sql, response, settings) : response;
  };
  return (request) => answer(request).catch((error) => failed("anonymous:", error));
}
