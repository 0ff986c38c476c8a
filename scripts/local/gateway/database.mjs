// The connection to Postgres, with everything in which the driver's values would differ from PostgREST's.
import { createPostgresConnection } from "@supabase/lite/postgres";

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

export function connect(settings) {
   const connection = createPostgresConnection({
      url: settings.databaseUrl,
      postgresOptions: {
         types: TYPES,
         max: settings.poolSize,
         connect_timeout: 3,
         // A notice may quote what a person wrote; it is not for a log.
         onnotice: () => {},
         connection: { TimeZone: "UTC", application_name: "munui-gateway" },
      },
   });
   // Without this the first request grants everything on every table to anon and authenticated.
   connection.rlsState = "active";
   return connection;
}
