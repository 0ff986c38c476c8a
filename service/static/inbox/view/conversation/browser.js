/** What a browser calls itself, in two words: its name with the number, and what it runs on. Nothing relies on it. */

const BROWSERS = [
  ["KakaoTalk", /KAKAOTALK(?:\/| )([\d.]+)?/],
  ["Naver", /NAVER\(inapp;.*?(\d+\.\d+)/],
  ["Whale", /Whale\/(\d+)/],
  ["Samsung Internet", /SamsungBrowser\/(\d+)/],
  ["Edge", /Edg(?:A|iOS)?\/(\d+)/],
  ["Opera", /OPR\/(\d+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /Version\/(\d+).*Safari/],
];
const SYSTEMS = [
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Android", /Android/],
  ["Windows", /Windows/],
  ["Mac", /Mac OS X|Macintosh/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux/],
];

/** @param {string} userAgent @returns {string} */
export function browserOf(userAgent) {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent));
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent));
  if (!browser) return userAgent.slice(0, 60);
  const number = browser[1].exec(userAgent)[1];
  return [number ? `${browser[0]} ${number}` : browser[0], system?.[0]].filter(Boolean).join(" · ");
}
