/** Something that is shown this once: a secret, a key. */

import { html, render } from "lit";
import { t } from "../../texts.js";

/** @param {{title: string, text: string, secret: string}} told @returns {Promise<void>} when it was put away */
export function showOnce({ title, text, secret }) {
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.className = "form secret";
  dialog.setAttribute("aria-labelledby", "secret-title");
  let isCopied = false;
  const show = () =>
    render(
      html`<form method="dialog">
        <h2 id="secret-title">${title}</h2>
        <p>${text}</p>
        <div class="row"><input class="wide" readonly aria-label=${title} .value=${secret} @focus=${({ target }) => target.select()}></div>
        <p role="status">${isCopied ? t("told_copied") : ""}</p>
        <div class="row end">
          <button type="button" @click=${copy}>${t("told_copy")}</button>
          <button class="main">${t("told_kept")}</button>
        </div>
      </form>`,
      dialog,
    );
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      isCopied = true;
    } catch {
      // Not allowed here: it is chosen, for who copies it by hand.
      dialog.querySelector("input").select();
    }
    show();
  };
  show();
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    });
  });
}
