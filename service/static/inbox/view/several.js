/** What can be done to the conversations that are marked: assign, label, complete. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { confirm } from "./notices.js";

/** The bar over the list; nothing while none is marked. @param {object} desk */
export function severalView(desk) {
  const { several, inbox } = desk;
  const isBusy = several.left > 0;
  if (!several.marked.size) return nothing;
  return html`<div class="several" role="group" aria-label=${t("several")}
    @pointerenter=${() => inbox.renew()} @focusin=${() => inbox.renew()}>
    <strong role="status">${isBusy ? t("several_left", { n: several.left }) : t("several_marked", { n: several.marked.size })}</strong>
    <button type="button" class="quiet" ?disabled=${isBusy} @click=${() => several.clear()}>${t("several_clear")}</button>
    <div class="row">
      ${choice("several_assign", [["", t("several_nobody")], ...team(inbox)], isBusy, (id) => change(desk, assigned(id || null)))}
      ${choice(
        "several_label",
        inbox.labels.map(({ name }) => [name, name]),
        isBusy,
        (name) => change(desk, labelled(name)),
      )}
      <button type="button" ?disabled=${isBusy} @click=${() => complete(desk)}>${t("several_complete")}</button>
    </div>
  </div>`;
}

const team = ({ operators, me }) =>
  operators
    .filter(({ isActive }) => isActive)
    .map(({ id, displayName }) => [id, id === me.id ? t("several_me", { name: displayName }) : displayName]);

/** A list of which one is done at once; its first line says what it is for. */
function choice(label, options, isDisabled, run) {
  const chosen = ({ target }) => {
    const { value } = target;
    target.selectedIndex = 0;
    run(value);
  };
  return html`<select aria-label=${t(label)} ?disabled=${isDisabled || !options.length} @change=${chosen}>
    <option disabled selected hidden>${t(label)}</option>
    ${options.map(([value, text]) => html`<option value=${value}>${text}</option>`)}
  </select>`;
}

const assigned =
  (assigneeId) =>
  ({ rev }) => ({ ifRev: rev, assigneeId });
const labelled = (name) => () => ({ addLabels: [name] });
const completed = ({ rev, status }) => (status === "open" ? { ifRev: rev, status: "completed" } : null);

async function complete(desk) {
  const n = desk.several.marked.size;
  if (await confirm({ title: t("several_sure", { n }), text: t("several_sure_more"), yes: t("several_complete") }))
    change(desk, completed);
}

async function change({ several, notices }, body) {
  const { done, refused } = await several.change(body);
  notices.say(t(refused ? "several_partly" : "several_done", { done, refused }));
}
