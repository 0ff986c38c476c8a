/** What the service is asked of the help. Nobody need be signed in; a member may see more. */

const ROOT = "/api/v1/help";

export class HelpStore {
  #http;

  /** @param {import("../http.js").Http} http */
  constructor(http) {
    this.#http = http;
  }

  /** Articles for these words, or the newest ones. @returns {Promise<{articles: {slug: string, locale: string, title: string, excerpt: string}[]}>} */
  find(words, locale) {
    return this.#http.request("GET", `${ROOT}?${new URLSearchParams({ q: words, locale })}`);
  }

  /** @returns {Promise<{article: object}>} with its `body`, parts as `proseOf` takes them */
  read({ slug, locale }) {
    return this.#http.request("GET", `${ROOT}/${encodeURIComponent(slug)}?${new URLSearchParams({ locale })}`);
  }
}
