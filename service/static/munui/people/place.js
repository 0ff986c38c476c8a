/**
 * Who the visitor is and where, for who answers: the page, its language, and what it says of them (`setAttributes`). The
 * browser tells its own name with each request.
 */

/** After a try that failed, in milliseconds. */
const AGAIN = 30_000;

/** Tells the service, what a page says of a visitor once a tab and change. */
export class Place {
  #asked = null;
  #told = Promise.resolve();
  #againAt = 0;

  /** @param {import("./company.js").Company} company */
  constructor({ chat, api }) {
    Object.assign(this, { chat, api });
  }

  /** After every change: whether the page said something new. */
  look() {
    const { people, tab } = this.chat;
    if (!people.isDescribed || Date.now() < this.#againAt) return;
    const text = JSON.stringify(this.#described);
    if (text === this.#asked || text === JSON.stringify(tab.get("described"))) return;
    this.#tell(text);
  }

  /** A person is wanted, or here: they are told in any case. */
  show() {
    const { people } = this.chat;
    this.#tell(people.isDescribed ? JSON.stringify(this.#described) : null);
  }

  /** What is known of this visitor in this tab: what other pages said is not taken back by this one. */
  get #described() {
    const { session, tab } = this.chat;
    const { of, attributes } = tab.get("described") ?? {};
    const all = { ...(of === session.id && attributes), ...session.attributes };
    const known = Object.entries(all).filter(([, value]) => value !== null);
    return { of: session.id, attributes: Object.fromEntries(known.sort()) };
  }

  /** One after the other: requests overtake each other, and the last one is to count. */
  #tell(text) {
    this.#asked = text ?? this.#asked;
    this.#told = this.#told.then(() => this.#put(text && JSON.parse(text)));
  }

  /** That a place is not told is worth no word; that a page says what is not taken is for its developer. */
  async #put(described) {
    const { chat } = this;
    if (described && described.of !== chat.session.id) return;
    try {
      await chat.faults.current(
        this.api.contact({
          pageUrl: location.origin + location.pathname,
          locale: chat.http.locale(),
          attributes: described?.attributes,
        }),
      );
      if (described) chat.tab.set("described", described);
    } catch (error) {
      if (!described || error.code === "gone") return;
      if (error.isTransient || error.isAuth) {
        this.#asked = null;
        this.#againAt = Date.now() + AGAIN;
      } else chat.faults.tell(error);
    }
  }
}
