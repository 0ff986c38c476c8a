/** A form over the page: it stays, with what was typed, until it is saved or left. */

import { html, nothing, render } from "lit";
import { problemText, t } from "../../texts.js";
import { faultsOf } from "./field.js";

/**
 * @param {{title: string, yes: string, body: (faults: Record<string, string>) => unknown,
 *   save: (values: FormData) => Promise<unknown>}} form `save` may throw a Problem: what is wrong is said at its fields
 * @returns {Promise<unknown>} what was saved, though it was left meanwhile; null where nothing was
 */
export function edit({ title, yes, body, save }) {
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.className = "form";
  dialog.setAttribute("aria-labelledby", "form-title");
  let [isSaving, error, saved] = [false, null, null];
  /** What is on its way. */
  let sent = null;

  const show = () => {
    const faults = error ? faultsOf(error) : {};
    // A fault of no field of this form, or of the form as a whole.
    const other = error && !Object.keys(faults).some((name) => dialog.querySelector(`[name="${name}"]`));
    render(
      html`<form @submit=${submit} novalidate>
        <h2 id="form-title">${title}</h2>
        <div role="alert">${other ? html`<p class="fault">${Object.values(faults)[0] ?? problemText(error)}</p>` : nothing}</div>
        ${body(faults)}
        <div class="row end">
          <button type="button" class="quiet" @click=${() => dialog.close()}>${t("cancel")}</button>
          <button class="main" ?disabled=${isSaving}>${yes}</button>
        </div>
      </form>`,
      dialog,
    );
  };

  const submit = async (event) => {
    event.preventDefault();
    if (isSaving) return;
    [isSaving, error] = [true, null];
    // As it was sent: a fault shows the form anew.
    const values = new FormData(event.target);
    show();
    try {
      sent = save(values);
      saved = (await sent) ?? true;
      dialog.close();
    } catch (problem) {
      [isSaving, error] = [false, problem];
      show();
      dialog.querySelector("[aria-invalid]")?.focus();
    }
  };

  show();
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", async () => {
      dialog.remove();
      // Who leaves it while it is saved comes back to a list that has it.
      if (isSaving) await Promise.allSettled([sent]);
      resolve(saved);
    });
  });
}
