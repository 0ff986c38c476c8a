// The part of the hosted auth server's admin API that the product uses: list, read, change and delete an
// account. Only the service role may call it.
import { jwtVerify } from "jose";

import { COLUMNS, failed, refuse, toUser } from "./users.mjs";

const PREFIX = "/auth/v1/admin/users";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// The key alone is the service role; a user's token beside it makes the request that user's, as hosted.
async function mayAdminister(headers, settings) {
  const token = /^Bearer\s+(\S+)$/.exec(headers.get("authorization") ?? "")?.[1];
  if (!token) return headers.get("apikey") === settings.secretKey;
  if (token.startsWith("sb_")) return token === settings.secretKey;
  try {
    const key = new TextEncoder().encode(settings.jwtSecret);
    const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"] });
    return payload.role === "service_role";
  } catch {
    return false;
  }
}

function positive(text, fallback) {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number > 0 ? number : fallback;
}

async function list(sql, url) {
  const page = positive(url.searchParams.get("page"), 1);
  const perPage = Math.min(positive(url.searchParams.get("per_page"), 50), 1000);
  const filter = `%${(url.searchParams.get("filter") ?? "").replace(/[\\%_]/g, "\\$&")}%`;
  const [{ total }] =
    await sql`select count(*)::int as total from auth.users where coalesce(email, '') ilike ${filter}`;
  const rows = await sql`
      select ${sql.part(COLUMNS)} from auth.users where coalesce(email, '') ilike ${filter}
      order by created_at desc, id limit ${perPage} offset ${(page - 1) * perPage}`;
  const last = Math.max(1, Math.ceil(total / perPage));
  const to = (number, rel) => `<${PREFIX}?page=${number}&per_page=${perPage}>; rel="${rel}"`;
  const links = [...(page < last ? [to(page + 1, "next")] : []), to(last, "last")];
  return Response.json(
    { users: rows.map(toUser), aud: "authenticated" },
    { headers: { "x-total-count": String(total), link: links.join(", ") } },
  );
}

async function read(sql, id) {
  const [row] = await sql`select ${sql.part(COLUMNS)} from auth.users where id = ${id}`;
  return row ? Response.json(toUser(row)) : refuse(404, "user_not_found", "User not found");
}

// Keys with the value null are removed, the others replaced: the hosted server merges, it does not overwrite.
async function change(sql, id, request) {
  const body = await request.json().catch(() => null);
  if (!body || typeof body !== "object") return refuse(400, "bad_json", "Could not parse request body as JSON");
  const known = new Set(["app_metadata", "user_metadata"]);
  const unknown = Object.keys(body).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    return refuse(422, "validation_failed", `The local auth server cannot change ${unknown.join(", ")}`);
  }
  const rows = await sql`
      update auth.users set
         raw_app_meta_data = jsonb_strip_nulls(
            coalesce(raw_app_meta_data, '{}') || ${JSON.stringify(body.app_metadata ?? {})}::text::jsonb),
         raw_user_meta_data = jsonb_strip_nulls(
            coalesce(raw_user_meta_data, '{}') || ${JSON.stringify(body.user_metadata ?? {})}::text::jsonb),
         updated_at = now()
      where id = ${id} returning id`;
  return rows.length > 0 ? read(sql, id) : refuse(404, "user_not_found", "User not found");
}

async function remove(sql, id) {
  const rows = await sql`delete from auth.users where id = ${id} returning id`;
  return rows.length > 0 ? Response.json({}) : refuse(404, "user_not_found", "User not found");
}

async function answer(sql, request, url) {
  if (url.pathname === PREFIX) {
    return request.method === "GET" ? list(sql, url) : refuse(405, "method_not_allowed", "Method not allowed");
  }
  const id = url.pathname.slice(PREFIX.length + 1);
  if (!UUID.test(id)) return refuse(404, "validation_failed", "user_id must be an UUID");
  if (request.method === "GET") return read(sql, id);
  if (request.method === "PUT") return change(sql, id, request);
  if (request.method === "DELETE") return remove(sql, id);
  return refuse(405, "method_not_allowed", "Method not allowed");
}

// Answers a request for the admin API, or null where it is not one.
export async function administer(request, connection, settings) {
  const url = new URL(request.url);
  if (url.pathname !== PREFIX && !url.pathname.startsWith(`${PREFIX}/`)) return null;
  const apikey = request.headers.get("apikey") ?? "";
  if (apikey !== settings.publishableKey && apikey !== settings.secretKey) {
    return Response.json({ message: "Invalid API key", hint: "Double check your Supabase `apikey`" }, { status: 401 });
  }
  if (!(await mayAdminister(request.headers, settings))) return refuse(403, "not_admin", "User not allowed");
  try {
    return await answer(connection.sql, request, url);
  } catch (error) {
    return failed("admin:", error);
  }
}
