/**
 * Articles that are being written, kept as they are typed, over reloads and an expired sign-in. They lie with the other drafts:
 * who signs out is asked about them too, and leaves none.
 *
 * @typedef {{title: string, body: string, locale: string, audience: string, questions: string[]}} Text what is written
 */

import { Shelf } from "../../munui/storage.js";

const KIND = "article";
const PREFIX = "article:";
export const NEW = "new";

export class ArticleDrafts {
  /** @param {import("./drafts.js").Drafts} drafts */
  constructor(drafts) {
    this.drafts = drafts;
  }

  /** @param {string} id of an article, or `NEW` @returns {{text: Text, version: number}|null} `version`: on which it was begun */
  get(id) {
    const kept = this.drafts.get(PREFIX + id, KIND);
    return kept?.text ? { text: JSON.parse(kept.text), version: kept.began?.rev ?? 0 } : null;
  }

  /** @param {string} id @param {Text} text @param {number} version */
  write(id, text, version) {
    this.drafts.write(PREFIX + id, KIND, JSON.stringify(text), { rev: version });
    this.drafts.see(PREFIX + id, KIND, { rev: version });
  }

  remove(id) {
    this.drafts.remove(PREFIX + id, KIND);
  }

  /** Whether this browser keeps nothing any more. */
  get isLost() {
    return Shelf.isFull;
  }

  /** Of which articles something is begun. @returns {Set<string>} */
  ids() {
    const ids = [...this.drafts.conversationIds()].filter((one) => one.startsWith(PREFIX));
    return new Set(ids.map((one) => one.slice(PREFIX.length)));
  }
}
