/**
 * Conversations of a guest: this browser keeps them, the engine answers, and nothing leaves the browser but a submitted
 * inquiry. Same interface, results and errors as ApiStore.
 * Belongs here: the order of a turn and how a conversation is kept. Not here: what the bot says (engine.js, the flow).
 *
 * What a person did is kept next to what came of it, so that the service can replay it when the guest signs in.
 */

import { openConversation, takeTurn, textOf, userText } from "../engine.js";
import { ChatError } from "../errors.js";
import { derivedIds } from "../ids.js";
import { PREFIX } from "../storage.js";

const CONVERSATION = `${PREFIX}guest.`;
const FLOW = `${PREFIX}flow.`;
const PAGE = 50;
const MANY = 100;
const MOST_MESSAGES = 5000;
const IMPORT = { conversations: 20, events: 200, bytes: 250_000 };

/** @implements {import("./api-store.js").Store} */
export class LocalStore {
  isLocal = true;
  #storage;
  #http;
  #locale;
  #now;
  #flow = null;

  /** @param {{storage: import("../storage.js").SafeStorage, http: import("../http.js").Http, locale: () => string, now?: () => string}} options */
  constructor({ storage, http, locale, now = () => new Date().toISOString() }) {
    this.#storage = storage;
    this.#http = http;
    this.#locale = locale;
    this.#now = now;
  }

  /** The flow that new conversations begin with: the service's, or the last one kept here while there is no network. */
  async flow() {
    this.#flow ??= this.#http.request("GET", "/api/v1/flow", { open: true }).then((answer) => answer.body);
    try {
      return await this.#flow;
    } catch (error) {
      this.#flow = null;
      const kept = this.#storage.keys(FLOW).map((key) => this.#storage.get(key, isKeptFlow)).filter(Boolean);
      if (error.code !== "network" || !kept.length) throw error;
      return kept.reduce((newest, one) => (one.at > newest.at ? one : newest)).flow;
    }
  }

  async list() {
    const kept = this.#storage.keys(CONVERSATION).map((key) => this.#read(key)).filter(Boolean);
    kept.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
    return { conversations: kept.map(outside), nextCursor: null };
  }

  async open(clientConversationId) {
    const known = this.#read(CONVERSATION + clientConversationId);
    if (known) return { conversation: outside(known), messages: known.messages.slice(0, known.opening).map(bare), replayed: true };
    const flow = await this.flow();
    const now = this.#now();
    const ids = derivedIds(flow.ids, clientConversationId, null);
    const turn = openConversation(flow, this.#locale(), clientConversationId, ids, now);
    const kept = {
      id: clientConversationId, flowVersion: flow.version, status: "open", createdAt: now, updatedAt: now,
      state: turn.state, events: [], messages: [], opening: turn.messages.length, lastReadSeq: 0, lastReadAt: null,
    };
    const messages = append(kept, turn.messages, turn.steps);
    this.#keepFlow(flow, now);
    this.#write(kept);
    return { conversation: outside(kept), messages: messages.map(bare), replayed: false };
  }

  async messages(id, { before, after } = {}) {
    const kept = this.#find(id);
    const end = before ? Number(before) - 1 : kept.messages.length;
    const start = after ? Number(after) : Math.max(0, end - PAGE);
    const page = kept.messages.slice(start, after ? start + PAGE : end);
    const last = page.at(-1)?.cursor ?? after ?? null;
    return { conversation: outside(kept), messages: page.map(bare), nextCursor: last, previousCursor: start > 0 && page.length ? page[0].cursor : null, etag: null };
  }

  async turn(id, { clientMessageId, event }) {
    const prepared = this.#prepare(id, clientMessageId, event);
    if (prepared.replay) return prepared.replay;
    if (!prepared.turn.inquiry) return this.#commit(prepared, clientMessageId, event);
    const { stepId, values } = prepared.turn.inquiry;
    const body = { clientInquiryId: clientMessageId, flowVersion: prepared.kept.flowVersion, stepId, values };
    await this.#http.request("POST", "/api/v1/inquiries", { open: true, body });
    // Another tab may have gone on meanwhile. The request can be repeated, so the turn is simply worked out anew.
    const again = this.#prepare(id, clientMessageId, event);
    return again.replay ?? this.#commit(again, clientMessageId, event);
  }

  async markRead(id) {
    const kept = this.#find(id);
    if (unreadOf(kept)) {
      kept.lastReadSeq = kept.messages.length;
      kept.lastReadAt = this.#now();
      this.#write(kept);
    }
    return { conversationId: id, lastReadAt: kept.lastReadAt, unreadCount: 0 };
  }

  /** @returns {object[][]} what `POST /api/v1/import` takes, in as many portions as its limits want */
  forImport() {
    const portions = [];
    let bytes = Infinity;
    for (const key of this.#storage.keys(CONVERSATION)) {
      const kept = this.#read(key);
      if (!kept?.events.length || kept.events.length > IMPORT.events) continue;
      const one = { clientConversationId: kept.id, flowVersion: kept.flowVersion, events: kept.events };
      const own = new TextEncoder().encode(JSON.stringify(one)).length + 1;
      if (own > IMPORT.bytes) continue;
      if (bytes + own > IMPORT.bytes || portions.at(-1).length >= IMPORT.conversations) {
        portions.push([]);
        bytes = 100;
      }
      portions.at(-1).push(one);
      bytes += own;
    }
    return portions;
  }

  /** @param {string} id of a conversation that the service has now */
  forget(id) {
    this.#storage.remove(CONVERSATION + id);
    this.#dropUnusedFlows();
  }

  /** Calls back when another tab changed a guest's conversation. @param {(id: string) => void} changed @param {AbortSignal} signal */
  watch(changed, signal) {
    addEventListener("storage", ({ key }) => {
      if (key === null) changed("");
      else if (key.startsWith(CONVERSATION)) changed(key.slice(CONVERSATION.length));
    }, { signal });
  }

  #prepare(id, clientMessageId, event) {
    const kept = this.#find(id);
    const index = kept.events.findIndex((one) => one.clientMessageId === clientMessageId);
    if (index >= 0) return { replay: replay(kept, kept.events[index], event) };
    const target = event.messageId && kept.messages.find((one) => one.id === event.messageId);
    if (event.messageId && target?.kind !== (event.type === "chip" ? "chips" : "form")) {
      throw new ChatError(event.type === "chip" ? "unknown_chip" : "invalid_form", { status: 422 });
    }
    if (target?.answeredAt) throw new ChatError("already_answered", { status: 409 });
    if (kept.status === "completed") throw new ChatError("conversation_completed", { status: 409 });
    if (kept.messages.length >= MOST_MESSAGES) throw new ChatError("invalid", { status: 422 });
    const flow = this.#flowOf(kept);
    const now = this.#now();
    const ids = derivedIds(flow.ids, id, clientMessageId);
    const turn = takeTurn(flow, kept.state, target ? { ...event, stepId: target.step } : event, id, ids, now);
    const content = textOf(flow, kept.state.locale, target ? { ...event, stepId: target.step } : event, turn);
    return { kept, turn, target, content, now, flow };
  }

  #commit({ kept, turn, target, content, now, flow }, clientMessageId, event) {
    const mine = {
      id: clientMessageId, conversationId: kept.id, role: "user", kind: "text", content: userText(content, flow), payload: null,
      inReplyTo: target?.id ?? null, clientMessageId, requestId: null, createdAt: now, answeredAt: null, answer: null, cursor: null,
    };
    const messages = append(kept, [mine, ...turn.messages], [null, ...turn.steps]);
    if (target) Object.assign(target, { answeredAt: now, answer: turn.answer });
    kept.state = turn.state;
    kept.status = turn.status ?? kept.status;
    kept.updatedAt = now;
    kept.events.push({ clientMessageId, event });
    this.#write(kept);
    return { conversation: outside(kept), messages: messages.map(bare), updatedMessages: target ? [bare(target)] : [], replayed: false };
  }

  #flowOf(kept) {
    const flow = this.#storage.get(FLOW + kept.flowVersion, isKeptFlow)?.flow;
    if (flow && Object.hasOwn(flow.tables[kept.state.locale]?.steps ?? {}, kept.state.step)) return flow;
    this.#storage.putAside(CONVERSATION + kept.id); // its dialogue is lost, nothing can follow any more
    throw new ChatError("not_found", { status: 404 });
  }

  #keepFlow(flow, at) {
    this.#dropUnusedFlows();
    if (!this.#storage.get(FLOW + flow.version, isKeptFlow)) this.#storage.set(FLOW + flow.version, { at, flow });
  }

  #dropUnusedFlows() {
    const used = new Set(this.#storage.keys(CONVERSATION).map((key) => FLOW + this.#read(key)?.flowVersion));
    this.#storage.keys(FLOW).filter((key) => !used.has(key)).forEach((key) => this.#storage.remove(key));
  }

  #find(id) {
    const kept = this.#read(CONVERSATION + id);
    if (!kept) throw new ChatError("not_found", { status: 404 });
    return kept;
  }

  #read(key) {
    return this.#storage.get(key, (value) => isConversation(value) && key === CONVERSATION + value.id);
  }

  #write(kept) {
    this.#storage.set(CONVERSATION + kept.id, kept);
  }
}

/** Gives messages their place, and remembers which step said them. */
function append(kept, messages, steps) {
  const placed = messages.map((message, index) => ({ ...message, cursor: String(kept.messages.length + index + 1), step: steps[index] }));
  kept.messages.push(...placed);
  return placed;
}

function replay(kept, first, event) {
  if (JSON.stringify(first.event) !== JSON.stringify(event)) throw new ChatError("idempotency_conflict", { status: 409 });
  const from = kept.messages.findIndex((one) => one.role === "user" && one.clientMessageId === first.clientMessageId);
  const after = kept.messages.slice(from + 1);
  const next = after.findIndex((one) => one.role === "user");
  const messages = [kept.messages[from], ...(next < 0 ? after : after.slice(0, next))];
  const answered = kept.messages.filter((one) => one.id === messages[0].inReplyTo);
  return { conversation: outside(kept), messages: messages.map(bare), updatedMessages: answered.map(bare), replayed: true };
}

function bare({ step, ...message }) {
  return message;
}

const unreadOf = (kept) => Math.min(MANY, kept.messages.slice(kept.lastReadSeq).filter((one) => one.role === "bot").length);

function outside(kept) {
  return {
    id: kept.id, clientConversationId: kept.id, status: kept.status, createdAt: kept.createdAt,
    unreadCount: unreadOf(kept), lastReadAt: kept.lastReadAt, lastMessage: kept.messages.length ? bare(kept.messages.at(-1)) : null,
  };
}

function isConversation(value) {
  return Boolean(value && typeof value.id === "string" && typeof value.flowVersion === "string" && typeof value.updatedAt === "string")
    && ["open", "completed"].includes(value.status) && typeof value.state?.step === "string"
    && Boolean(value.state.variables) && Number.isInteger(value.lastReadSeq)
    && Array.isArray(value.events) && value.events.every((one) => one?.event && typeof one.clientMessageId === "string")
    && Array.isArray(value.messages) && value.messages.every((one) => one && typeof one.id === "string" && typeof one.role === "string" && (one.kind !== "chips" || Array.isArray(one.payload?.chips)) && (one.kind !== "form" || Array.isArray(one.payload?.fields)));
}

const isKeptFlow = (value) => Boolean(value?.flow?.version && value.flow.tables && value.flow.text && value.flow.forms && value.flow.ids);
