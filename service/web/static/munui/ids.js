/**
 * Ids: random ones (UUIDv4) and derived ones (UUIDv5, RFC 9562).
 * Written out because `crypto.randomUUID` and `crypto.subtle` exist on https only, and a host page may be plain http.
 */

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function format(bytes, version) {
  bytes[6] = (bytes[6] & 0x0f) | (version << 4);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes.subarray(0, 16)).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** @returns {string} a random id */
export const uuid4 = () => format(crypto.getRandomValues(new Uint8Array(16)), 4);

/** @param {string} namespace a UUID @param {string} name @returns {string} */
export function uuid5(namespace, name) {
  const space = namespace.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16));
  return format(sha1(Uint8Array.from([...space, ...new TextEncoder().encode(name)])), 5);
}

/**
 * How a bot message gets its id, by the rule that comes with the flow.
 * @param {{name: string, openingName: string}} rule
 * @param {string} conversationId
 * @param {string|null} clientMessageId null for the opening
 * @returns {(place: number) => string}
 */
export function derivedIds(rule, conversationId, clientMessageId) {
  const name = clientMessageId === null ? rule.openingName : rule.name.replace("{clientMessageId}", clientMessageId);
  return (place) => uuid5(conversationId, name.replace("{place}", String(place)));
}

const rotate = (word, by) => (word << by) | (word >>> (32 - by));

/** @param {Uint8Array} message @returns {Uint8Array} 20 bytes */
export function sha1(message) {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const padded = new DataView(new ArrayBuffer((((message.length + 8) >> 6) + 1) << 6));
  message.forEach((byte, index) => padded.setUint8(index, byte));
  padded.setUint8(message.length, 0x80);
  padded.setUint32(padded.byteLength - 4, message.length * 8);
  for (let offset = 0; offset < padded.byteLength; offset += 64) digest(state, padded, offset);
  const result = new DataView(new ArrayBuffer(20));
  state.forEach((word, index) => result.setUint32(index * 4, word));
  return new Uint8Array(result.buffer);
}

function digest(state, block, offset) {
  const words = Array.from({ length: 16 }, (_, index) => block.getInt32(offset + index * 4));
  for (let i = 16; i < 80; i += 1) words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i += 1) {
    const [f, k] =
      i < 20 ? [(b & c) | (~b & d), 0x5a827999]
      : i < 40 ? [b ^ c ^ d, 0x6ed9eba1]
      : i < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
      : [b ^ c ^ d, 0xca62c1d6];
    [a, b, c, d, e] = [(rotate(a, 5) + f + e + k + words[i]) | 0, a, rotate(b, 30), c, d];
  }
  [a, b, c, d, e].forEach((word, index) => { state[index] = (state[index] + word) | 0; });
}
