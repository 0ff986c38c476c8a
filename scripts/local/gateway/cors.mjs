// Pages of any origin may call a hosted project: who they are says their token, never a cookie. So here.
import { Hono } from "hono";
import { cors } from "hono/cors";

const METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];
// What supabase-js reads, besides the headers that every page may.
const EXPOSED = ["Content-Range", "Content-Location", "Location", "Preference-Applied", "X-Total-Count", "Link"];

// Answers preflights for whatever headers they name, and lets the page read every other answer of `handle`.
export function withCors(handle) {
  const outer = new Hono();
  outer.use(cors({ origin: "*", allowMethods: METHODS, exposeHeaders: EXPOSED, maxAge: 3600 }));
  outer.all("*", (context) => handle(context.req.raw));
  return (request) => outer.fetch(request);
}
