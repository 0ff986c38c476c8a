/** The assistant's settings as they are being changed: lists as lines, money as people write it. Pure. */

/** Millionths in one of whatever the prices are in. */
const MICROS = 1_000_000;

/** Fields in the order of the form, each as the service names it. */
export const FIELDS = [
  "mode", "forbiddenTopics", "tone", "policy", "rules", "greeting", "handover", "allowedLinks", "budgets",
]; // biome-ignore format: a line of names

/** @param {object} settings as the API has them */
export const draftOf = (settings) => ({
  mode: settings.mode,
  tone: settings.tone,
  policy: settings.policy,
  rules: settings.rules,
  greeting: { ...settings.greeting },
  handover: { when: settings.handover.when, words: { ...settings.handover.words } },
  forbiddenTopics: settings.forbiddenTopics.join("\n"),
  allowedLinks: settings.allowedLinks.join("\n"),
  budgets: {
    memberDay: String(settings.budgets.memberDay / MICROS),
    projectMonth: String(settings.budgets.projectMonth / MICROS),
  },
});

/** What the API takes, of fields that are otherwise than in `base`. @param {object} draft @param {object} base a draft, too */
export function changed(draft, base) {
  const names = FIELDS.filter((name) => JSON.stringify(draft[name]) !== JSON.stringify(base[name]));
  return Object.fromEntries(names.map((name) => [name, sent(name, draft[name])]));
}

/** Which fields two versions say differently. */
export const differing = (one, other) =>
  FIELDS.filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));

function sent(name, value) {
  if (name === "forbiddenTopics" || name === "allowedLinks") return lines(value);
  if (name !== "budgets") return value;
  return { memberDay: micros(value.memberDay), projectMonth: micros(value.projectMonth) };
}

const lines = (text) =>
  text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);

/** What is no number is the service's to refuse. */
function micros(text) {
  const money = Number(text);
  return text.trim() && Number.isFinite(money) ? Math.round(money * MICROS) : null;
}
