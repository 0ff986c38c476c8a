/**
 * Before a form ends the session, the browser forgets what it keeps of the member: the chat here, which may not have come
 * yet, those of other tabs, and where no chat is, what one left.
 */

import { leave } from "../munui/leaving.js";

const FORMS = "form[data-ends-session]";

/** What is to be typed first is typed, as the service takes it: else it changes nothing, and nothing is forgotten. */
const isMeant = ({ dataset: { word = "" }, elements: { confirmation } }) =>
  !word || confirmation.value.trim().toLowerCase() === word.toLowerCase();

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(FORMS) || !isMeant(target)) return;
  leave(target.dataset.endsSession);
  document.querySelector("munui-chat")?.signOut?.();
});
