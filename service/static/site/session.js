/**
 * Before a form ends the session, the chat forgets what it keeps of the member in this browser.
 */

const FORMS = "form[data-ends-session]";

document.addEventListener("submit", (event) => {
  if (event.target.matches(FORMS)) document.querySelector("munui-chat")?.signOut?.();
});
