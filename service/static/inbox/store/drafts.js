/**
 * What is being written: a text for each conversation and kind (`reply`, `note`, `edit.<note>`), kept as it is typed, over
 * reloads, lost networks and an expired sign-in.
 *
 * Several tabs may write at the same text. Whoever types keeps what they see; what another tab wrote is put beside it
 * (`other`) and can be taken instead, so that nothing typed is lost.
 *
 * @typedef {{id: string, text: string, other: string, began: {rev: number, messagesRev: number}|null}} Draft `id`: under
 *   which it will be sent, the same in every tab; `began`: what had been seen when it was begun
 */

import { uuid4 } from "../../munui/ids.js";
import { Shelf } from "../../munui/storage.js";

/** Dispatches `change` with `{conversationId, kind}` when another tab wrote. */
export class Drafts extends EventTarget {
  /** @param {string} operatorId whose they are */
  constructor(operatorId) {
    super();
    this.shelf = new Shelf(
      "localStorage",
      `inbox.drafts.${operatorId}`,
      (one) => typeof one.text === "string" && one.id,
    );
  }

  /** @returns {Draft|null} */
  get(conversationId, kind) {
    return this.shelf.get(keyOf(conversationId, kind));
  }

  /** Of which conversations something is begun. @returns {Set<string>} */
  conversationIds() {
    return new Set(this.shelf.keys().map((key) => key.split(" ")[0]));
  }

  /** Keep a text; an empty one with nothing beside it is no draft. @param {{rev: number, messagesRev: number}|null} began used where it begins @returns {Draft|null} */
  write(conversationId, kind, text, began = null) {
    const key = keyOf(conversationId, kind);
    const known = this.shelf.get(key);
    if (!text && !known?.other) {
      this.shelf.remove(key);
      return null;
    }
    const draft = { id: known?.id ?? uuid4(), text, other: known?.other ?? "", began: known?.began ?? began };
    this.shelf.set(key, draft);
    return draft;
  }

  /** What came meanwhile was seen. */
  see(conversationId, kind, began) {
    const draft = this.get(conversationId, kind);
    if (draft) this.shelf.set(keyOf(conversationId, kind), { ...draft, began });
  }

  /** Another tab wrote while this one did: theirs beside ours. */
  keepBoth(conversationId, kind, mine, theirs) {
    const key = keyOf(conversationId, kind);
    const known = this.shelf.get(key) ?? { id: uuid4(), began: null };
    this.shelf.set(key, { ...known, text: mine, other: theirs === mine ? "" : theirs });
  }

  remove(conversationId, kind) {
    this.shelf.remove(keyOf(conversationId, kind));
  }

  /** Hear of other tabs. */
  listen() {
    addEventListener("storage", ({ key }) => {
      if (!key?.startsWith(this.shelf.prefix)) return;
      const [conversationId, kind] = key.slice(this.shelf.prefix.length).split(" ");
      this.dispatchEvent(new CustomEvent("change", { detail: { conversationId, kind } }));
    });
  }
}

const keyOf = (conversationId, kind) => `${conversationId} ${kind}`;
