/**
 * Conversations of a guest: this browser keeps them, the engine answers, and nothing leaves the browser but a submitted
 * inquiry, and a question that is to be answered from the articles. What a person did is kept next to what came of it, so that the service can replay it after a sign-in.
 */

import { asksForAnswer, asksForPerson, isReadable, openConversation, takeTurn, userText } from "../engine.js";
import { refuse } from "../errors.js";
import { derivedIds } from "../ids.js";
import { Shelf } from "../storage.js";
import { append, asLeft, bare, isConversation, outside, replay, unreadOf } from "./kept.js";
import { isTooLong } from "./portions.js";

const PAGE = 50;
/** For so long an answer from the articles is worth waiting for, in milliseconds. */
const PATIENCE = 8000;
/** How long a page may live on whose calls were ended because it is left, in milliseconds. */
const LEAVING = 500;

export class LocalStore {
  isLocal = true;
  /** Settles when nothing is being done to a conversation in this tab. */
  atRest = Promise.resolve();
  #http;
  #locale;
  #flow = null;
  #shelf = new Shelf("localStorage", "guest", isConversation);
  /** Every conversation keeps the flow that it began with. */
  #flows = new Shelf(
    "localStorage",
    "flow",
    ({ flow }) => flow.version && flow.tables.ko && flow.tables.en && flow.text && flow.forms && flow.ids,
  );

  /** @param {import("../http.js").Http} http @param {() => string} locale */
  constructor(http, locale) {
    this.#http = http;
    this.#locale = locale;
  }

  /** The service's flow, or the newest one kept here while there is no network. */
  async flow() {
    this.#flow ??= this.#http.request("GET", "/api/v1/flow", { isOpen: true });
    return this.#flow.catch((error) => {
      this.#flow = null;
      const [newest] = this.#flows.all().sort((a, b) => (a.at < b.at ? 1 : -1));
      if (error.code === "network" && newest) return newest.flow;
      throw error;
    });
  }

  async list() {
    const kept = this.#shelf.all().sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
    return { conversations: kept.map(outside), nextCursor: null };
  }

  async open(id) {
    const known = this.#shelf.get(id);
    if (known)
      return {
        conversation: outside(known),
        messages: known.messages.slice(0, known.opening).map(bare),
        replayed: true,
      };
    const flow = await this.flow();
    const now = timestamp();
    const turn = openConversation(flow, this.#locale(), {
      conversationId: id,
      ids: derivedIds(flow.ids, id, null),
      now,
    });
    const kept = {
      id,
      flowVersion: flow.version,
      status: "open",
      createdAt: now,
      state: turn.state,
      events: [],
      messages: [],
      opening: turn.messages.length,
      readSeq: 0,
      lastReadAt: null,
    };
    const messages = append(kept, turn.messages, now);
    this.#dropFlows();
    this.#flows.set(flow.version, { at: now, flow });
    this.#shelf.set(id, kept);
    return { conversation: outside(kept), messages: messages.map(bare), replayed: false };
  }

  async messages(id, { before, after } = {}) {
    const kept = this.#find(id);
    const end = before ? before - 1 : after ? Number(after) + PAGE : kept.messages.length;
    const start = after ? Number(after) : Math.max(0, end - PAGE);
    const page = kept.messages.slice(start, end);
    return {
      conversation: outside(kept),
      messages: page.map(bare),
      nextCursor: end < kept.messages.length ? String(end) : null,
      previousCursor: start > 0 ? String(start + 1) : null,
    };
  }

  /** @param {object|null} sent.knowledge as `lookUp` found it */
  turn(id, sent) {
    const turn = this.#turn(id, sent);
    this.atRest = Promise.allSettled([this.atRest, turn]).then(() => {});
    return turn;
  }

  async #turn(id, { clientMessageId, event, knowledge = null }) {
    const kept = this.#find(id);
    // Only then: a guest's turn asks nobody.
    const instead = isReadable(this.#flowOf(kept), kept.state) ? null : await this.flow();
    const first = this.#work(id, clientMessageId, event, instead, knowledge);
    if (!first.inquiry) return first.finish();
    const body = { clientInquiryId: clientMessageId, flowVersion: first.version, ...first.inquiry };
    await this.#http.request("POST", "/api/v1/inquiries", { isOpen: true, body });
    // Another tab may have gone on meanwhile. The request may be repeated, so the turn is simply worked out anew.
    return this.#work(id, clientMessageId, event, instead).finish();
  }

  /** What the articles say to a text, where it is to be answered from them. @returns {Promise<object|null>} null where that was not asked, or nobody could tell: then the flow goes on without */
  async lookUp(id, { clientMessageId, event: { type, content: question } }) {
    const kept = this.#shelf.get(id);
    const flow = kept && this.#flowOf(kept);
    const isDone = kept?.status !== "open" || kept.events.some((one) => one.clientMessageId === clientMessageId);
    if (type !== "text" || isDone || !isReadable(flow, kept?.state) || !asksForAnswer(flow, kept.state)) return null;
    const body = { question, locale: kept.state.locale };
    const options = { isOpen: true, body, signal: AbortSignal.timeout(PATIENCE) };
    return this.#http.request("POST", "/api/v1/answers", options).catch(({ code }) => {
      // A page that is left ends its calls: nothing is decided there, and the next page asks again.
      return new Promise((decide) => setTimeout(decide, code === "network" ? LEAVING : 0, null));
    });
  }

  /** Whether a person is asked for by this; a browser has none. */
  asksForPerson(id, event) {
    const kept = this.#shelf.get(id);
    const flow = kept && this.#flowOf(kept);
    const target = kept?.messages.find((one) => one.id === event.messageId);
    return isReadable(flow, kept?.state) && asksForPerson(flow, kept.state, { ...event, stepId: target?.step });
  }

  async markRead(id) {
    const kept = this.#find(id);
    if (unreadOf(kept))
      this.#shelf.set(id, Object.assign(kept, { readSeq: kept.messages.length, lastReadAt: timestamp() }));
  }

  /** Whether nothing was said in it yet. */
  isUntouched(id) {
    return this.#shelf.get(id)?.events.length === 0;
  }

  get isEmpty() {
    return !this.#shelf.keys().length;
  }

  /** @returns {object[]} conversations with something in them that an account can take over */
  importable() {
    return this.#shelf.all().filter((kept) => kept.events.length && !isTooLong(kept));
  }

  /** @returns {object[]} conversations that are too long to be imported: they stay here, and can be read */
  left() {
    return this.#shelf.all().filter(isTooLong).map(asLeft);
  }

  /** As `messages`, of one of those. */
  async messagesLeft(id, page) {
    return { ...(await this.messages(id, page)), conversation: asLeft(this.#find(id)) };
  }

  /** @param {string} id of a conversation that the service has now */
  forget(id) {
    this.#shelf.remove(id);
    this.#dropFlows();
  }

  /** What nobody has said anything in is not worth moving. */
  forgetEmpty() {
    const empty = this.#shelf.all().filter((one) => !one.events.length);
    empty.forEach(({ id }) => this.#shelf.remove(id));
    this.#dropFlows();
  }

  /** Calls back when another tab changed something. @param {() => void} changed @param {AbortSignal} signal */
  watch(changed, signal) {
    addEventListener("storage", ({ key }) => (!key || key.startsWith(this.#shelf.prefix)) && changed(), { signal });
  }

  #work(id, clientMessageId, event, instead, knowledge = null) {
    const kept = this.#find(id);
    const known = kept.events.find((one) => one.clientMessageId === clientMessageId);
    if (known) return { finish: () => replay(kept, known, event) };
    const target = kept.messages.find((one) => one.id === event.messageId);
    const isChip = event.type === "chip";
    if (event.type !== "text" && target?.kind !== (isChip ? "chips" : "form"))
      refuse(isChip ? "unknown_chip" : "invalid_form");
    if (target?.answeredAt) refuse("already_answered", 409);
    if (kept.status === "completed") refuse("conversation_completed", 409);
    const now = timestamp();
    const { flow, state, said } = this.#standing(kept, instead, clientMessageId, now);
    const happened = target
      ? { ...event, stepId: target.step }
      : { ...event, content: userText(event.content, flow.text) };
    const context = { conversationId: id, ids: derivedIds(flow.ids, id, clientMessageId), now };
    const turn = instead
      ? takeLostTurn(flow, state, happened, context, target)
      : takeTurn(flow, state, happened, context, knowledge);
    const mine = {
      id: clientMessageId,
      conversationId: id,
      role: "user",
      kind: "text",
      content: userText(turn.text, flow.text),
      payload: null,
      inReplyTo: target?.id ?? null,
      clientMessageId,
      requestId: null,
      createdAt: now,
      answeredAt: null,
      answer: null,
    };
    const finish = () => {
      if (target) Object.assign(target, { answeredAt: now, answer: turn.answer });
      Object.assign(kept, { flowVersion: flow.version, state: turn.state, status: turn.status ?? kept.status });
      const { answered } = turn;
      kept.events.push({ clientMessageId, event: answered ? { ...event, answered } : event });
      const messages = append(kept, [mine, ...said, ...turn.messages], now);
      if (instead) this.#flows.set(flow.version, { at: now, flow });
      this.#shelf.set(id, kept);
      return {
        conversation: outside(kept),
        messages: messages.map(bare),
        updatedMessages: target ? [bare(target)] : [],
        replayed: false,
      };
    };
    return { inquiry: turn.inquiry, version: flow.version, finish };
  }

  /** Where a conversation stands, and what is said first: `resume` of the flow `instead`, where its own cannot be read. */
  #standing(kept, instead, clientMessageId, now) {
    const own = this.#flowOf(kept);
    if (isReadable(own, kept.state)) return { flow: own, state: kept.state, said: [] };
    const flow = instead ?? refuse("upstream_unavailable", 503);
    console.warn("munui: flow_unreadable", { flow: kept.flowVersion, format: own?.format, state: kept.state?.version });
    const locale = flow.tables[kept.state?.locale] ? kept.state.locale : this.#locale();
    const ids = derivedIds(flow.ids, kept.id, `${clientMessageId}/resume`);
    const { state, messages } = openConversation(flow, locale, { conversationId: kept.id, ids, now }, "resume");
    return { flow, state, said: messages };
  }

  #flowOf({ flowVersion }) {
    return this.#flows.get(flowVersion)?.flow;
  }

  #dropFlows() {
    const used = this.#shelf.all().map((one) => one.flowVersion);
    this.#flows
      .keys()
      .filter((version) => !used.includes(version))
      .forEach((version) => this.#flows.remove(version));
  }

  #find(id) {
    return this.#shelf.get(id) ?? refuse("not_found", 404);
  }
}

const timestamp = () => new Date().toISOString();

/** As `takeTurn`; a click that the flow of today does not know counts as what its label says, and leads nowhere. */
function takeLostTurn(flow, state, event, context, target) {
  try {
    return takeTurn(flow, state, event, context);
  } catch (error) {
    const chip = target?.payload.chips?.find((one) => one.id === event.chipId);
    if (error.code !== "unknown_chip" || !chip) throw error;
    return {
      state,
      messages: [],
      text: chip.label,
      answer: { chipId: chip.id, label: chip.label },
      status: null,
      inquiry: null,
    };
  }
}
