/** What comes in files of its own: the bundle, and the texts of one language. The same for the entry and for the bundle. */

const MOST_TRIES = 6;

/** A module, tried for a minute: a page is often opened just before the network is back. @param {string} address @returns {Promise<object>} */
export async function fetched(address, tried = 0) {
  try {
    return await import(tried ? `${address}?again=${tried}` : address); // browsers remember that an address failed
  } catch (error) {
    if (!(error instanceof TypeError) || tried === MOST_TRIES) throw error;
    await new Promise((done) => setTimeout(done, 1000 * 2 ** tried));
    return fetched(address, tried + 1);
  }
}

/** What the element says; asked for again it is there at once. @param {"ko"|"en"} locale @returns {Promise<object>} */
export async function textsIn(locale) {
  const { href } = new URL(TEXTS[locale], import.meta.url); // whose names change with them; put in when this is built
  return (await fetched(href)).default;
}
