/**
 * The conversations that were opened on this screen, and what is written to them. Those of before stay for a while, so that
 * coming back shows them at once; what changed meanwhile is pulled.
 *
 * Belongs here: which one is shown, and that it hears what it has to hear. Does not belong here: one conversation
 * (`conversation.js`).
 */

import { leave, operators } from "../../munui/leaving.js";
import { Conversation } from "./conversation.js";
import { Drafts } from "./drafts.js";
import { Outbox } from "./outbox.js";

const KEPT = 20;
/** How long what rarely changes is taken as it was read, in milliseconds. */
const FRESH = 60_000;

/** Dispatches `change` when what is shown is different, `said` with what others have just written there. */
export class Talk extends EventTarget {
  /** The conversation that is open. @type {Conversation|null} */
  current = null;
  /** By id, the one that was shown last at the end. @type {Map<string, Conversation>} */
  #kept = new Map();
  #read = new Map();
  #first;

  /** @param {import("./api.js").Api} api @param {import("./inbox.js").Inbox} inbox @param {object|null} opened what the page came with @param {string} member who this operator is elsewhere on this site */
  constructor(api, inbox, opened, member) {
    super();
    Object.assign(this, { api, inbox, member });
    operators().set(member, inbox.me.id);
    this.#first = opened;
    this.outbox = new Outbox(api, inbox.me.id);
    this.drafts = new Drafts(inbox.me.id);
  }

  /** @param {import("./live.js").Live} live */
  start(live) {
    const { api, inbox, outbox, drafts } = this;
    const change = () => this.#changed();
    inbox.addEventListener("change", () => this.#select(inbox.openId));
    inbox.addEventListener("changed", ({ detail }) => this.#told(detail));
    for (const kind of ["typing", "presence"])
      live.addEventListener(kind, ({ detail }) => this.#kept.get(detail.conversationId)?.heard(kind, detail));
    live.addEventListener("hello", () => {
      for (const one of this.#kept.values()) one.hello();
    });
    api.addEventListener("written", ({ detail }) => this.#kept.get(detail)?.settle());
    for (const event of ["session", "reach"]) api.addEventListener(event, () => this.#isBack());
    outbox.addEventListener("change", change);
    outbox.addEventListener("sent", ({ detail }) => this.#sent(detail));
    // Something is not as it was when that was written: it is shown above it.
    outbox.addEventListener("refused", ({ detail }) => this.#kept.get(detail.conversationId)?.pull());
    outbox.listen();
    drafts.listen();
    this.#select(inbox.openId);
  }

  /** Everybody's canned replies and one's own. @returns {Promise<object[]>} @throws {import("./api.js").Problem} */
  cannedReplies() {
    return this.#fresh("/canned-replies", ({ cannedReplies }) => cannedReplies);
  }

  /** When the team works. @returns {Promise<object>} @throws {import("./api.js").Problem} */
  hours() {
    return this.#fresh("/hours", (hours) => hours);
  }

  /** How many texts are begun, or not sent yet, in this browser. */
  get unfinished() {
    return this.drafts.shelf.keys().length + this.outbox.shelf.keys().length;
  }

  /** Who signs out leaves nothing of what they wrote, here or in the chat of this site, to whoever uses this browser next. */
  forget() {
    leave(this.member);
  }

  #fresh(path, part) {
    const known = this.#read.get(path);
    if (known && Date.now() - known.at < FRESH) return known.answer;
    const answer = this.api.get(path).then(part);
    this.#read.set(path, { at: Date.now(), answer });
    answer.catch(() => this.#read.delete(path));
    return answer;
  }

  #select(id) {
    if (id === (this.current?.id ?? null)) return;
    this.current?.close();
    this.current = id ? this.#of(id) : null;
    // One of before did not hear of what happened since.
    const row = this.inbox.rows.get(id);
    if (row) this.current.know(row);
    this.#changed();
    const detail = this.#first?.conversation.id === id ? this.#first : null;
    this.#first = null;
    this.current?.open(detail && { ...detail, ...detail.page });
  }

  #of(id) {
    const known = this.#kept.get(id) ?? this.#made(id);
    this.#kept.delete(id);
    this.#kept.set(id, known);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    return known;
  }

  #made(id) {
    const made = new Conversation(this.api, id, this.inbox.me);
    made.row = this.inbox.rows.get(id) ?? null;
    made.addEventListener("change", () => {
      const known = this.inbox.rows.get(id)?.rev ?? -1;
      if (made.row && !made.isGone && made.row.rev > known) this.inbox.know(made.row);
      if (made === this.current) this.#changed();
    });
    // Also what the list has heard of already: it is nobody else's doing.
    made.addEventListener("own", () => this.inbox.put(made.row));
    made.addEventListener("said", ({ detail }) => {
      if (made === this.current) this.dispatchEvent(new CustomEvent("said", { detail }));
    });
    made.addEventListener("gone", () => this.#kept.delete(id));
    return made;
  }

  #told({ ids, gone, resync }) {
    const { current } = this;
    if (!current) return;
    if (gone.has(current.id)) current.heard("changed", { conversationId: current.id, rev: null });
    else if (resync) current.pull();
    else if (ids.has(current.id)) current.applyRow(this.inbox.rows.get(current.id));
  }

  #sent({ entry, answer }) {
    const conversation = this.#kept.get(entry.conversationId);
    if (entry.kind === "note") conversation?.applyNote(answer);
    else if (conversation) conversation.applyAnswer(answer);
    else this.inbox.put(answer.conversation);
  }

  #isBack() {
    this.#changed();
    if (this.api.isSignedOut || !this.api.isReachable) return;
    this.outbox.flushAll();
    if (this.current?.problem) this.current.pull();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
