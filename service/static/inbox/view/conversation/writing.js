/** One text that is being written, in its field and as a draft; and how it is sent. */

import { isBlank } from "../../../munui/blank.js";
import { gapsIn } from "../../store/canned.js";
import { newSince } from "../../store/timeline.js";

export class Writing {
  #field = null;
  /** Whether what stands in the field was typed or chosen here: what only came here from another tab goes as it came. */
  #isOurs = false;

  /** @param {import("../element.js").View & {conversation: object}} host @param {"reply"|"note"} mode */
  constructor(host, mode) {
    Object.assign(this, { host, mode });
  }

  get text() {
    return this.#draft?.text ?? "";
  }

  /** What another tab wrote, and is not shown. */
  get other() {
    return this.#draft?.other ?? "";
  }

  get isBlank() {
    return isBlank(this.text);
  }

  /** In characters, as the service counts them. */
  get length() {
    return [...this.text.trim()].length;
  }

  get gaps() {
    return gapsIn(this.text);
  }

  /** How many messages the customer wrote since this was begun. */
  get newCount() {
    return this.text ? newSince(this.#conversation, this.#draft.began) : 0;
  }

  /** The field is there, or is another one: it begins with what is kept. */
  attach() {
    const field = this.host.querySelector(`textarea[name="${this.mode}"]`);
    if (field === this.#field) return;
    this.#field = field;
    if (field) this.#fill();
  }

  typed() {
    this.#isOurs = true;
    this.#drafts.write(this.#conversation.id, this.mode, this.#field.value, this.#conversation.seen);
  }

  /** What came meanwhile was read. */
  see() {
    this.#drafts.see(this.#conversation.id, this.mode, this.#conversation.seen);
  }

  /** Another tab wrote, sent or emptied it; or with `isTaken`, something came back into it. */
  heard(isTaken) {
    const field = this.#field;
    const mine = field?.value ?? "";
    if (!field || mine === this.text) return;
    const isWritten = document.hasFocus() && document.activeElement === field && mine && this.#isOurs;
    if (!isWritten || isTaken) this.#fill();
    else if (this.text) this.#drafts.keepBoth(this.#conversation.id, this.mode, mine, this.text);
    else this.typed();
  }

  /** Show what the other tab wrote; what stood here takes its place. */
  swap() {
    const { text, other } = this.#draft;
    this.#drafts.keepBoth(this.#conversation.id, this.mode, other, text);
    this.#show();
  }

  dropOther() {
    this.#drafts.keepBoth(this.#conversation.id, this.mode, this.text, "");
    this.#drafts.write(this.#conversation.id, this.mode, this.text);
    this.#show();
  }

  /** It is the outbox's from now on, under the id that it has in every tab. */
  send() {
    const { id, text, other, began } = this.#draft;
    const { id: conversationId } = this.#conversation;
    this.host.desk.talk.outbox.add({
      id,
      conversationId,
      kind: this.mode,
      content: text.trim(),
      seenRev: began?.rev ?? null,
    });
    this.#drafts.remove(conversationId, this.mode);
    if (other) this.#drafts.write(conversationId, this.mode, other, this.#conversation.seen);
    this.#show();
  }

  get #draft() {
    return this.#drafts.get(this.#conversation.id, this.mode);
  }

  get #drafts() {
    return this.host.desk.talk.drafts;
  }

  get #conversation() {
    return this.host.conversation;
  }

  #fill() {
    this.#field.value = this.text;
    this.#isOurs = false;
  }

  #show() {
    if (this.#field) this.#fill();
    this.#isOurs = true;
    this.host.requestUpdate();
  }
}
