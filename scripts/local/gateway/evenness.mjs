// An answer about an account takes as long where there is none. The embedded server compares a password only where it
// finds one, and writes a mail only where there is somebody to write to: both can be told by a clock.
import { setTimeout as sleep } from "node:timers/promises";

import bcrypt from "bcryptjs";

// Milliseconds: longer than a row and a line in the file of mails take.
const MAIL = 100;

function isPasswordGrant(request, url) {
  return (
    request.method === "POST" && url.pathname === "/auth/v1/token" && url.searchParams.get("grant_type") === "password"
  );
}

function isMail(request, url) {
  return request.method === "POST" && ["/auth/v1/recover", "/auth/v1/resend"].includes(url.pathname);
}

async function wasCompared(sql, email) {
  const [row] = await sql`select 1 as found from auth.users
      where email = ${email.toLowerCase()} and encrypted_password is not null and confirmed_at is not null`;
  return row !== undefined;
}

// A refused sign-in whose password nobody compared compares it with nobody's.
async function compareAnyway(sql, response, body, nobodys) {
  const { email, password } = (await body) ?? {};
  if (response.status !== 400 || typeof email !== "string" || typeof password !== "string") return;
  if (!(await wasCompared(sql, email))) await bcrypt.compare(password, await nobodys);
}

// Runs one request; the answer is the embedded server's own.
export function withEvenTiming(handle, connection, settings) {
  // Of the cost with which the embedded server keeps passwords.
  const nobodys = bcrypt.hash("nobody's password", settings.passwordCost);
  return async (request) => {
    const url = new URL(request.url);
    if (isMail(request, url)) return (await Promise.all([handle(request), sleep(MAIL)]))[0];
    if (!isPasswordGrant(request, url)) return handle(request);
    const body = request
      .clone()
      .json()
      .catch(() => null);
    const response = await handle(request);
    await compareAnyway(connection.sql, response, body, nobodys);
    return response;
  };
}
