/** Canned replies: finding one by what was typed after a slash, and putting what is known of a conversation in its places. Pure. */

const PLACE = /\{\{\s*([\p{L}\p{N}_.-]+)\s*\}\}/gu;
const MOST = 8;

/** What stands between a slash and the caret. @returns {{from: number, word: string}|null} */
export function askedFor(text, caret) {
  const match = /(?:^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret));
  return match && { from: caret - match[1].length - 1, word: match[1] };
}

/** Those whose shortcut begins with the word first, then those that have it anywhere. @param {{shortcut: string, content: string}[]} replies */
export function found(replies, word) {
  const wanted = plain(word);
  const rank = ({ shortcut, content }) => {
    if (plain(shortcut).startsWith(wanted)) return 0;
    if (plain(shortcut).includes(wanted)) return 1;
    return plain(content).includes(wanted) ? 2 : 3;
  };
  const ranked = replies.map((reply) => ({ reply, rank: rank(reply) })).filter(({ rank }) => rank < 3);
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ reply }) => reply);
}

/** What may stand in a place. @param {import("./conversation.js").Conversation} conversation @param {{displayName: string}} me @returns {Record<string, string>} */
export function known({ row, contact }, me) {
  const { name, email, phone, locale, lastPageUrl, attributes = {} } = contact ?? row.contact;
  const values = {
    "contact.name": name,
    "contact.email": email,
    "contact.phone": phone,
    "contact.locale": locale,
    "contact.pageUrl": lastPageUrl,
    "conversation.id": row.id,
    "conversation.title": row.title,
    "agent.name": me.displayName,
  };
  Object.entries(attributes).forEach(([attribute, value]) => {
    values[`contact.attributes.${attribute}`] = value;
  });
  const told = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return Object.fromEntries(told.map(([place, value]) => [place, String(value)]));
}

/** The text with what is known in its places; the others stay as gaps. @param {Record<string, string>} values */
export const filled = (content, values) =>
  content.replace(PLACE, (place, name) => (Object.hasOwn(values, name) ? values[name] : place));

/** What nobody has filled in yet. @returns {{from: number, to: number, name: string}[]} */
export const gapsIn = (text) =>
  [...text.matchAll(PLACE)].map(({ index, 0: place, 1: name }) => ({ from: index, to: index + place.length, name }));

const plain = (text) => text.normalize("NFC").toLowerCase();
