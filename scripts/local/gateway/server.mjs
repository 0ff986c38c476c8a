// The local Supabase: one HTTP server on loopback that answers /rest/v1 and /auth/v1 as a hosted project does.
// Only wiring lives here. It reads the database's schema once, so it starts after the migrations.
import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";

import { administer } from "./admin.mjs";
import { withAnonymousSignIns } from "./anonymous.mjs";
import { withCors } from "./cors.mjs";
import { connect } from "./database.mjs";
import { outliveLostConnections, quietConsole, rememberErrors, withCuredErrors } from "./errors.mjs";
import { withEvenTiming } from "./evenness.mjs";
import { FileMailer } from "./mail.mjs";
import { readSettings } from "./settings.mjs";
import { withOrderlySignUps } from "./sign-ups.mjs";

quietConsole();
outliveLostConnections();
const settings = readSettings();
const connection = await connect(settings);
rememberErrors(connection);

const app = new App({
  connection,
  auth: {
    enabled: true,
    site_url: settings.siteUrl,
    additional_redirect_urls: [`${settings.siteUrl}/**`],
    jwt_secret: settings.jwtSecret,
    publishable_key: settings.publishableKey,
    secret_key: settings.secretKey,
    email: { enable_confirmations: settings.confirmEmail },
  },
  options: { server: { admin: false, disableStudio: true }, drivers: { email: new FileMailer(settings.mailLog) } },
});

const answer = (request) => app.fetch(request, { peerAddress: null });
const embedded = withAnonymousSignIns(
  withOrderlySignUps(withEvenTiming(answer, connection, settings)),
  connection,
  settings,
);
const handle = withCors(
  withCuredErrors(async (request) => (await administer(request, connection, settings)) ?? embedded(request)),
);

const server = serve({ fetch: (request) => handle(request), hostname: "127.0.0.1", port: settings.port }, (info) => {
  console.log(`listening on http://127.0.0.1:${info.port}`);
});
// In milliseconds: a connection at rest is ended by who asks. Ended here, it would take along a request on its way.
server.keepAliveTimeout = 30_000;
server.on("error", (error) => {
  process.stderr.write(`gateway: cannot listen on port ${settings.port}: ${error.code}\n`);
  process.exit(1);
});

async function stop() {
  server.close();
  server.closeAllConnections?.();
  await connection.close().catch(() => {});
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
