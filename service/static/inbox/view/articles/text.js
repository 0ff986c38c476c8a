/** What is written of an article: its fields as a form has them, what is wrong with them, and how each is told. Pure. */

import { locale, t } from "../../texts.js";

/** @typedef {import("../../store/article-drafts.js").Text} Text */
const FIELDS = ["title", "body", "locale", "audience", "questions", "slug"];

/** One that has nothing yet. @param {{question?: ?string, language?: ?string}} begun by what somebody asked */
export const blank = ({ question, language } = {}) => ({
  title: "",
  body: "",
  locale: language ?? locale,
  audience: "all",
  questions: question ? [question] : [],
  slug: "",
  status: "draft",
  version: 0,
});

/** @param {object} article as the API has it @returns {Text} */
export const textOf = (article) =>
  Object.fromEntries(FIELDS.map((name) => [name, name === "questions" ? [...article.questions] : article[name]]));

/** What is sent: no empty lines among the questions, and no address where the service is to find one. @param {Text} text */
export function toSend({ slug, ...text }) {
  const questions = text.questions.map((one) => one.trim()).filter(Boolean);
  return { ...text, title: text.title.trim(), questions, ...(slug.trim() ? { slug: slug.trim() } : {}) };
}

/** Whether two texts say the same. @param {Text} one @param {Text} other */
export const isSame = (one, other) => JSON.stringify(toSend(one)) === JSON.stringify(toSend(other));

/** What was chosen, in words. @param {"status"|"audience"|"locale"} name */
export const inWords = (name, value) => t(`art_${name}_${value}`);

/** What is wrong, by field; of several questions the first. @param {{errors?: {field: string}[]}|null} problem @returns {Record<string, string>} */
export function faultsOf(problem) {
  const fields = (problem?.errors ?? []).map(({ field }) => field.split(".")[0]);
  return Object.fromEntries(
    fields.map((name) => [name, t(FIELDS.includes(name) ? `art_fault_${name}` : "problem_invalid")]),
  );
}
