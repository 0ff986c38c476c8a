/**
 * The one place that changes cached lists from an answer: conversations, messages, unread counts. Nothing is fetched
 * again after a turn, because everything that changed stands in its answer.
 * Belongs here: merging answers into a cache. Not here: asking for them (stores), showing them (view/).
 */

/** @returns {object} an empty cache */
export const newCache = () => ({ conversations: [], nextCursor: null, isListed: false, logs: new Map() });

const newLog = () => ({ messages: [], previousCursor: null, pollCursor: null, etag: null, isLoaded: false });

/** @param {object} cache @param {string} id @returns {object} the messages of a conversation as far as they are known */
export function logOf(cache, id) {
  if (!cache.logs.has(id)) cache.logs.set(id, newLog());
  return cache.logs.get(id);
}

/** @param {object} cache @param {string} id */
export const conversationOf = (cache, id) => cache.conversations.find((one) => one.id === id) ?? null;

/** @param {object} cache @returns {number} unread messages over all conversations */
export const unreadTotal = (cache) => cache.conversations.reduce((sum, one) => sum + one.unreadCount, 0);

/** @param {object} cache @param {object} page of `list()` @param {boolean} isMore whether it goes on where the last one ended */
export function applyList(cache, page, isMore = false) {
  const given = new Set(page.conversations.map((one) => one.id));
  const others = cache.conversations.filter((one) => !given.has(one.id));
  // The first page is the truth about the latest; what is older than it was loaded by later pages.
  cache.conversations = isMore ? [...others, ...page.conversations] : [...page.conversations, ...(page.nextCursor ? others : [])];
  if (isMore || !cache.isListed || !page.nextCursor) cache.nextCursor = page.nextCursor;
  cache.isListed = true;
}

/** @param {object} cache @param {object} answer of `open()` */
export function applyOpened(cache, answer) {
  putConversation(cache, answer.conversation, true);
  if (answer.replayed) return;
  const log = logOf(cache, answer.conversation.id);
  log.messages = answer.messages;
  log.pollCursor = answer.messages.at(-1)?.cursor ?? null;
  log.isLoaded = true;
}

/** @param {object} cache @param {object} answer of `turn()` @returns {object[]} the messages that are new here */
export function applyTurn(cache, answer) {
  const log = logOf(cache, answer.conversation.id);
  putConversation(cache, answer.conversation, true);
  answer.updatedMessages.forEach((message) => replace(log, message));
  return merge(log, answer.messages);
}

/** @param {object} cache @param {object} page of `messages()` without a cursor @returns {object[]} the messages that are new here */
export function applyNewest(cache, page) {
  const log = logOf(cache, page.conversation.id);
  putConversation(cache, page.conversation);
  const known = new Set(log.messages.map((one) => one.id));
  const fresh = page.messages.filter((one) => !known.has(one.id));
  const first = page.messages[0];
  const joint = first ? log.messages.findIndex((one) => one.id === first.id) : -1;
  // Where the page does not touch what is known, there may be a gap: begin anew, scrolling up loads the rest.
  log.messages = joint > 0 ? [...log.messages.slice(0, joint), ...page.messages] : page.messages;
  if (joint <= 0) log.previousCursor = page.previousCursor;
  Object.assign(log, { pollCursor: page.messages.at(-1)?.cursor ?? null, etag: null, isLoaded: true });
  return fresh;
}

/** @param {object} cache @param {object} page of `messages({before})` */
export function applyOlder(cache, page) {
  const log = logOf(cache, page.conversation.id);
  const known = new Set(log.messages.map((one) => one.id));
  log.messages = [...page.messages.filter((one) => !known.has(one.id)), ...log.messages];
  log.previousCursor = page.previousCursor;
}

/**
 * @param {object} cache @param {object} page of `messages({after: pollCursor})`
 * @returns {object[]} the messages that are new here
 */
export function applyNewer(cache, page) {
  const log = logOf(cache, page.conversation.id);
  putConversation(cache, page.conversation, page.messages.length > 0);
  log.etag = page.etag;
  if (!page.messages.length) return [];
  const given = new Set(page.messages.map((one) => one.id));
  const known = new Set(log.messages.map((one) => one.id));
  const joint = log.messages.findIndex((one) => one.cursor === log.pollCursor) + 1;
  // Our own turns may already stand behind the cursor; the page says where they belong among the others.
  log.messages = [...log.messages.slice(0, joint), ...page.messages, ...log.messages.slice(joint).filter((one) => !given.has(one.id))];
  log.pollCursor = page.messages.at(-1).cursor;
  log.etag = null;
  page.messages.forEach((message) => markAnswered(log, message));
  return page.messages.filter((one) => !known.has(one.id));
}

/** @param {object} cache @param {{conversationId: string, lastReadAt: string, unreadCount: number}} answer of `markRead()` */
export function applyRead(cache, answer) {
  const conversation = conversationOf(cache, answer.conversationId);
  if (conversation) Object.assign(conversation, { unreadCount: answer.unreadCount, lastReadAt: answer.lastReadAt });
}

/** @param {object} cache @param {string} id of a conversation that is gone */
export function dropConversation(cache, id) {
  cache.conversations = cache.conversations.filter((one) => one.id !== id);
  cache.logs.delete(id);
}

function putConversation(cache, conversation, isLatest = false) {
  const index = cache.conversations.findIndex((one) => one.id === conversation.id);
  const merged = { ...cache.conversations[index], ...conversation };
  if (index >= 0 && !isLatest) cache.conversations[index] = merged;
  else cache.conversations = [merged, ...cache.conversations.filter((one) => one.id !== conversation.id)];
}

function replace(log, message) {
  const index = log.messages.findIndex((one) => one.id === message.id);
  if (index >= 0) log.messages[index] = message;
}

function merge(log, messages) {
  const known = new Set(log.messages.map((one) => one.id));
  messages.forEach((message) => replace(log, message));
  const fresh = messages.filter((one) => !known.has(one.id));
  log.messages = [...log.messages, ...fresh];
  return fresh;
}

/** Another device answered: its message says to what. What it chose is known for chips; a form's values are not. */
function markAnswered(log, message) {
  const target = message.inReplyTo && log.messages.find((one) => one.id === message.inReplyTo);
  if (!target || target.answeredAt) return;
  const chip = target.payload?.chips?.find((one) => one.label === message.content);
  replace(log, { ...target, answeredAt: message.createdAt, answer: chip ? { chipId: chip.id, label: chip.label } : null });
}
