// An account as the hosted auth server tells of it, from its row, and how it refuses.

export const COLUMNS = `id, aud, role, email, phone, email_confirmed_at, confirmed_at, last_sign_in_at, raw_app_meta_data,
   raw_user_meta_data, banned_until, is_anonymous, created_at, updated_at`;

export function refuse(status, errorCode, message) {
  return Response.json({ code: status, error_code: errorCode, msg: message }, { status });
}

// The fault is named in the log; an answer tells nothing of it.
export function failed(where, error) {
  console.error(where, error);
  return Response.json({ error: "server_error", error_description: "Internal server error" }, { status: 500 });
}

export function toUser(row) {
  const user = {
    id: row.id,
    aud: row.aud ?? "authenticated",
    role: row.role ?? "authenticated",
    email: row.email ?? "",
    phone: row.phone ?? "",
    app_metadata: row.raw_app_meta_data ?? {},
    user_metadata: row.raw_user_meta_data ?? {},
    identities: [],
    created_at: row.created_at,
    updated_at: row.updated_at,
    is_anonymous: row.is_anonymous,
  };
  for (const name of ["email_confirmed_at", "confirmed_at", "last_sign_in_at", "banned_until"]) {
    if (row[name]) user[name] = row[name];
  }
  return user;
}
