/**
 * Ids: random (UUIDv4) and derived (UUIDv5). Written out, because `crypto.randomUUID` and `crypto.subtle` exist on https
 * only, and a host page may be plain http.
 */

function format(bytes, version) {
  bytes[6] = (bytes[6] & 15) | (version << 4);
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
}

/** @returns {string} */
export const uuid4 = () => format(crypto.getRandomValues(new Uint8Array(16)), 4);

/** @param {string} namespace a UUID @param {string} name @returns {string} */
export function uuid5(namespace, name) {
  const space = namespace.match(/\w\w/g).map((pair) => parseInt(pair, 16));
  return format(sha1([...space, ...new TextEncoder().encode(name)]), 5);
}

/**
 * The ids of a turn's bot messages by their place, by the rule that comes with the flow.
 * @param {{name: string, openingName: string}} rule @param {string|null} clientMessageId null for the opening
 */
export function derivedIds(rule, conversationId, clientMessageId) {
  const name = clientMessageId ? rule.name.replace("{clientMessageId}", clientMessageId) : rule.openingName;
  return (place) => uuid5(conversationId, name.replace("{place}", place));
}

const rotate = (word, by) => (word << by) | (word >>> (32 - by));

/** @param {number[]} message bytes @returns {Uint8Array} 20 bytes (RFC 3174) */
export function sha1(message) {
  const block = new DataView(new ArrayBuffer((((message.length + 8) >> 6) + 1) << 6));
  [...message, 128].forEach((byte, index) => block.setUint8(index, byte));
  block.setUint32(block.byteLength - 4, message.length * 8);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let offset = 0; offset < block.byteLength; offset += 64) {
    const words = [];
    let [a, b, c, d, e] = state;
    for (let i = 0; i < 80; i += 1) {
      words[i] =
        i < 16
          ? block.getInt32(offset + i * 4)
          : rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
      const f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      const k = Math.floor(Math.sqrt([2, 3, 5, 10][Math.floor(i / 20)]) * 2 ** 30);
      [a, b, c, d, e] = [(rotate(a, 5) + f + e + k + words[i]) | 0, a, rotate(b, 30), c, d];
    }
    [a, b, c, d, e].forEach((word, index) => {
      state[index] = (state[index] + word) | 0;
    });
  }
  const result = new DataView(new ArrayBuffer(20));
  state.forEach((word, index) => result.setUint32(index * 4, word));
  return new Uint8Array(result.buffer);
}
