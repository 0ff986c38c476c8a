/** What comes in files of its own when it is first wanted: what only people need, and the help. Not here: what begins with the page (fetched.js). */

import { ChatError } from "../errors.js";

/** How often an address did not come: browsers remember that it failed. */
const missed = new Map();

/** A module, tried once; who still wants it asks again. @param {string} address @returns {Promise<object>} @throws {ChatError} network */
export async function wanted(address) {
  const { href } = new URL(address, import.meta.url); // whose name changes with it; put in when this is built
  const before = missed.get(href) ?? 0;
  try {
    return await import(before ? `${href}?again=${before}` : href);
  } catch (error) {
    missed.set(href, before + 1);
    throw error instanceof TypeError ? new ChatError("network") : error;
  }
}
