/**
 * The one place that changes the lists shown from an answer: conversations, messages, unread counts. Nothing is fetched
 * again after a turn, because all that changed stands in its answer.
 */

/** @returns {{conversations: object[], nextCursor: string|null, isListed: boolean, logs: Map<string, object>}} */
export const newCache = () => ({ conversations: [], nextCursor: null, isListed: false, logs: new Map() });

/**
 * The messages of a conversation as far as they are known. Nothing can be missing up to `pollCursor`, by place, and up to
 * `rev`, by the count of its changes. Up to `seen`, by place, all was seen.
 */
export function logOf({ logs }, id) {
  if (!logs.has(id))
    logs.set(id, {
      messages: [],
      previousCursor: null,
      pollCursor: null,
      rev: 0,
      seen: 0,
      etag: null,
      isLoaded: false,
    });
  return logs.get(id);
}

export const conversationOf = (cache, id) => cache.conversations.find((one) => one.id === id);

/** Whether a person is wanted for it, or has it. */
export const isWithPeople = (conversation) =>
  conversation?.status === "open" && ["waiting", "agent"].includes(conversation.handling);

/** For so long an answer may be looked for, in milliseconds; whose job died is not waited for any more. */
const LOOKED_FOR = 600_000;

/** Whether an answer is being looked for in it. */
export const isLooking = (conversation) =>
  conversation?.status === "open" &&
  Boolean(conversation.lastMessage?.payload?.isLooking) &&
  Date.now() - new Date(conversation.lastMessage.createdAt) < LOOKED_FOR;

/** Up to which change of it everything is known here. */
export const revOf = (cache, id) => {
  const log = logOf(cache, id);
  return log.isLoaded ? log.rev : (conversationOf(cache, id)?.rev ?? 0);
};

export const unreadTotal = (cache) => cache.conversations.reduce((sum, one) => sum + one.unreadCount, 0);

/** @param {object} page of `list()` @param {object[]} [before] what was known when this first page was asked for; without, it goes on where the last one ended */
export function applyList(cache, { conversations, nextCursor }, before) {
  const listed = conversations.map((one) => newer(cache, one));
  const others = cache.conversations.filter((one) => !conversations.some(({ id }) => id === one.id));
  // What came to be known meanwhile, by a turn or from another tab, may be younger than the page.
  const later = others.filter((one) => !before?.some(({ id }) => id === one.id));
  // What is older than a first page was loaded by later ones; a first page that is all there is knows better.
  cache.conversations = [...new Set([...later, ...listed, ...(nextCursor ? others : [])])];
  if (!before || !cache.isListed || !nextCursor) cache.nextCursor = nextCursor;
  cache.isListed = true;
}

/** @param {object} answer of `open()` */
export function applyOpened(cache, { conversation, messages, replayed }) {
  putConversation(cache, conversation, true);
  const log = logOf(cache, conversation.id);
  if (replayed || log.isLoaded) return;
  // Another tab may have said something in it before this is heard.
  place(log, messages);
  Object.assign(log, { pollCursor: messages.at(-1).cursor, rev: conversation.rev, isLoaded: true });
  goOn(log, log.messages);
}

/** @param {object} answer of `turn()` @returns {object[]} the messages that are new here */
export function applyTurn(cache, { conversation, messages, updatedMessages }) {
  const log = logOf(cache, conversation.id);
  place(log, updatedMessages); // also where nothing is loaded yet: the page that comes may be older
  goOn(log, [...messages, ...updatedMessages]);
  const fresh = place(log, messages);
  putConversation(cache, conversation, true);
  return fresh;
}

/** @param {object} page of `changes()` @returns {object[]} the messages that are new here */
export function applyChanged(cache, { conversation, messages, hasMore }) {
  const log = logOf(cache, conversation.id);
  const fresh = log.isLoaded ? place(log, messages) : messages;
  putConversation(cache, conversation, messages.length > 0);
  if (!log.isLoaded) return fresh;
  log.rev = Math.max(log.rev, hasMore ? messages.at(-1).rev : conversation.rev);
  Object.assign(log, { pollCursor: log.messages.at(-1)?.cursor ?? null, etag: null });
  return fresh;
}

/** @param {object} page of `messages()` without a cursor @returns {object[]} the messages that are new here */
export function applyNewest(cache, page) {
  const log = logOf(cache, page.conversation.id);
  const { messages } = log;
  const joint = log.isLoaded ? messages.findIndex((one) => one.id === page.messages[0]?.id) : -1;
  // A page that does not touch what is known leaves a gap: begin anew, scrolling up loads the rest. What came meanwhile stays.
  const isHere = ({ cursor }) => cursor - page.messages[0]?.cursor >= 0;
  if (joint < 0) Object.assign(log, { messages: messages.filter(isHere), rev: page.conversation.rev });
  if (joint <= 0) log.previousCursor = page.previousCursor;
  place(log, page.messages, true);
  Object.assign(log, { pollCursor: page.messages.at(-1)?.cursor, etag: null, isLoaded: true });
  putConversation(cache, page.conversation);
  return page.messages.filter((one) => !messages.some(({ id }) => id === one.id));
}

/** @param {object} page of `messages({before})` */
export function applyOlder(cache, page) {
  const log = logOf(cache, page.conversation.id);
  place(log, page.messages, true);
  log.previousCursor = page.previousCursor;
}

/** @param {object} page of `messages({after: pollCursor})` @returns {object[]} the messages that are new here */
export function applyNewer(cache, page) {
  const log = logOf(cache, page.conversation.id);
  const isNews = page.messages.length > 0;
  const fresh = place(log, page.messages);
  putConversation(cache, page.conversation, isNews);
  log.etag = isNews ? null : page.etag;
  if (!isNews) return fresh;
  log.pollCursor = page.messages.at(-1).cursor;
  goOn(log, page.messages);
  page.messages.forEach((message) => markAnswered(log, message));
  return fresh;
}

/**
 * Up to which place it was seen, here or in another tab. @param {{conversationId: string, seen?: number}} told by default
 * all that is known of it @returns {{conversationId: string, seen: number}} to tell the other tabs
 */
export function applySeen(cache, { conversationId, seen }) {
  const conversation = conversationOf(cache, conversationId); // it may be gone by now
  const log = logOf(cache, conversationId);
  log.seen = Math.max(log.seen, seen ?? log.messages.at(-1)?.cursor ?? conversation?.lastMessage?.cursor ?? 0);
  if (conversation) counted(cache, conversation);
  return { conversationId, seen: log.seen };
}

/** @param {string} id of a conversation that is gone */
export function dropConversation(cache, id) {
  cache.conversations = cache.conversations.filter((one) => one.id !== id);
  cache.logs.delete(id);
}

/** As far as these changes follow on those that are known. */
function goOn(log, messages) {
  const revs = new Set(messages.map(({ rev }) => rev));
  while (revs.has(log.rev + 1)) log.rev += 1;
}

/**
 * Who counted may not have heard yet what was seen: where all that may be unread is known here, no more of it is than that.
 * @returns {object} the conversation, put right
 */
function counted(cache, conversation) {
  const { id, unreadCount, lastMessage } = conversation;
  const log = logOf(cache, id);
  const last = lastMessage?.cursor ?? 0;
  if (!unreadCount) log.seen = Math.max(log.seen, last);
  const { messages, seen } = log;
  const areKnown = seen >= last || (messages[0]?.cursor <= seen + 1 && messages.at(-1).cursor - last >= 0);
  const unseen = messages.filter(({ cursor, role, author }) => cursor > seen && (author || role === "bot"));
  if (areKnown) conversation.unreadCount = Math.min(unreadCount, unseen.length);
  return conversation;
}

/** What is known of it, or what was told, if that is not older. */
function newer(cache, told) {
  const known = conversationOf(cache, told.id);
  return known?.rev > told.rev ? known : counted(cache, told);
}

/** Answers overtake each other: what is older than what is known of the conversation changes nothing of it. */
function putConversation(cache, conversation, isLatest = false) {
  const index = cache.conversations.findIndex((one) => one.id === conversation.id);
  if (newer(cache, conversation) !== conversation) return;
  if (index >= 0 && !isLatest) cache.conversations[index] = conversation;
  else cache.conversations = [conversation, ...cache.conversations.filter((one) => one.id !== conversation.id)];
}

/**
 * Puts messages where they belong, each once; an older state of one never takes the place of a newer one. What is further
 * up than all that was loaded comes when it is asked for: when somebody scrolls there.
 */
function place(log, messages, isAsked = false) {
  const known = new Map(log.messages.map((one) => [one.id, one]));
  const first = isAsked || !log.previousCursor ? 0 : Number(log.messages[0]?.cursor ?? 0);
  const here = messages.filter(({ cursor }) => Number(cursor) >= first);
  const fresh = here.filter(({ id }) => !known.has(id));
  here.forEach((one) => known.get(one.id)?.rev > one.rev || known.set(one.id, one));
  log.messages = [...known.values()].sort((one, other) => one.cursor - other.cursor);
  return fresh;
}

/** Another device answered: its message says to what. Which chip it was is known by the label; a form's values are not. */
function markAnswered(log, { inReplyTo, createdAt, content }) {
  const target = log.messages.find((one) => one.id === inReplyTo);
  if (!target || target.answeredAt) return;
  const chip = target.payload.chips?.find((one) => one.label === content);
  const answer = chip ? { chipId: chip.id, label: content } : null;
  place(log, [{ ...target, answeredAt: createdAt, answer }], true);
}
