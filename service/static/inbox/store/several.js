/** Several conversations at once: which are marked, and one change to each of them. */

/** Requests at a time: an operator who does other things meanwhile must not be refused for it. */
const AT_ONCE = 3;

/** Dispatches `change`. */
export class Several extends EventTarget {
  /** @type {Set<string>} */
  marked = new Set();
  /** Why a change was refused, by id, until the next one. @type {Map<string, Error>} */
  faults = new Map();
  /** How many are still to be done. */
  left = 0;
  #last = null;

  /** @param {import("./api.js").Api} api @param {import("./inbox.js").Inbox} inbox */
  constructor(api, inbox) {
    super();
    Object.assign(this, { api, inbox });
  }

  /** Mark one, or no more. @param {boolean} isRange with all between it and the one before */
  toggle(id, isRange = false) {
    const { order } = this.inbox;
    const [from, to] = [order.indexOf(this.#last), order.indexOf(id)].sort((a, b) => a - b);
    const ids = isRange && from >= 0 ? order.slice(from, to + 1) : [id];
    const isMarked = !this.marked.has(id);
    for (const one of ids) this.marked[isMarked ? "add" : "delete"](one);
    this.#last = id;
    this.#tell();
  }

  clear() {
    this.marked.clear();
    this.faults.clear();
    this.#tell();
  }

  /**
   * One request for each that is marked. What went is no longer marked; what was refused says why in its row.
   * @param {(row: object) => ?object} change the body of its `PATCH`; null where there is nothing to do
   * @returns {Promise<{done: number, refused: number}>}
   */
  async change(change) {
    this.faults.clear();
    const waiting = [...this.marked].map((id) => this.inbox.rows.get(id)).filter(Boolean);
    const all = waiting.length;
    this.left = all;
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        await this.#one(row, change(row));
        this.left -= 1;
        this.#tell();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.left = 0;
    this.#tell();
    return { done: all - this.faults.size, refused: this.faults.size };
  }

  async #one({ id }, body) {
    try {
      if (body) this.inbox.put((await this.api.patch(`/conversations/${id}`, body)).conversation);
      this.marked.delete(id);
    } catch (error) {
      this.faults.set(id, error);
      // It is not what was seen: what it is now came along.
      if (error.conversation) this.inbox.know(error.conversation);
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
