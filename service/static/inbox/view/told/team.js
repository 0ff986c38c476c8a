/** What a rule may name: labels, people, channels, webhooks. */

/** @param {{api: import("../../store/api.js").Api, inbox: object}} desk @throws {import("../../store/api.js").Problem} */
export async function teamOf({ api, inbox }) {
  const [{ channels }, { webhooks }] = await Promise.all([api.get("/channels"), api.get("/webhooks")]);
  return { labels: inbox.labels, operators: inbox.operators, channels, webhooks };
}
