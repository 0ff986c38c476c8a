/** What a guest said before signing in, and whether the member wants it. */

/** Changes `offer`. */
export class Offer {
  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Where a member came and a guest's conversations lie in this browser. What cannot be moved is told of once. */
  make() {
    const { drafts, local } = this.chat;
    const { guest, isSignedIn } = this.chat.session;
    const left = this.left().length;
    // Of a guest with an account nobody knows how many; that it is one says that a person was wanted for it.
    const count = this.#isOpen && isSignedIn && local.importable().length + (guest.kept ? 1 : 0);
    if (count || (left && !drafts.get("told"))) this.chat.offer = { count, left };
  }

  /** @returns {object[]} what stays in this browser, and is shown to the member without becoming theirs */
  left() {
    return this.#isOpen ? this.chat.local.left() : [];
  }

  get #isOpen() {
    return this.chat.session.isMember && !this.chat.drafts.get("declined");
  }

  /** @param {boolean} isWanted whether the guest's conversations become the member's */
  async answer(isWanted) {
    const { chat } = this;
    if (!isWanted) {
      chat.drafts.set("declined", true);
      chat.offer = null;
      return chat.faults.guard(() => chat.pages.list());
    }
    chat.offer = { ...chat.offer, isBusy: true };
    chat.changed();
    await chat.faults.guard(async () => (await chat.faults.current(chat.people.come())).keep());
    if (chat.offer) {
      chat.offer = null;
      this.make(); // what went well is not offered again
    }
    return chat.changed();
  }
}
