/**
 * Before a form ends the session, the browser forgets what it keeps of the member: the chat here, which may not have come
 * yet, those of other tabs, and where no chat is, what one left.
 */

import { leave } from "../munui/leaving.js";

const FORMS = "form[data-ends-session]";

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(FORMS)) return;
  leave(target.dataset.endsSession);
  document.querySelector("munui-chat")?.signOut?.();
});
