/** What the pages of articles share: where they are, and how an article is told in marks. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { fullMoment, shortMoment } from "../words.js";

const PLACE = "articles";
export const LOCALES = ["ko", "en"];
export const STATES = ["published", "draft"];
export const AUDIENCES = ["all", "members"];
export const SOURCES = ["hand", "markdown", "csv", "web", "shipped"];

/** The address of a page of articles. @param {import("../../places.js").Places} places @param {string} [rest] */
export const address = (places, rest = "") => places.page(rest ? `${PLACE}/${rest}` : PLACE);

/** Whether the address is one of these pages, as it stands. */
export const isList = (places) => places.now.page?.path === PLACE && !places.now.rest;

/** Where customers read it. */
export const publicAddress = ({ slug, locale }) => `/help/${encodeURIComponent(slug)}?lang=${locale}`;

/** The choices of a list, named by keys `art_<name>_<value>`. @returns {[string, string][]} */
export const named = (name, values) => values.map((value) => [value, t(`art_${name}_${value}`)]);

/** What kind of an article it is. */
export const marks = ({ status, locale, audience, editedByHand, sourceKind }, isBegun = false) => html`
  <span class="mark ${status === "published" ? "done" : ""}">${t(`art_status_${status}`)}</span>
  <span class="mark">${t(`art_locale_${locale}`)}</span>
  ${audience === "members" ? html`<span class="mark new">${t("art_audience_members")}</span>` : nothing}
  ${editedByHand && sourceKind !== "hand" ? html`<span class="mark">${t("art_by_hand")}</span>` : nothing}
  ${isBegun ? html`<span class="mark high">${t("art_begun")}</span>` : nothing}`;

/** When it was last changed, and by whom. */
export const changed = ({ updatedAt, updatedBy }) =>
  html`<time datetime=${updatedAt} title=${fullMoment(updatedAt)}>${shortMoment(updatedAt)}</time>${updatedBy ? html` · <bdi>${updatedBy.displayName}</bdi>` : nothing}`;

const TABS = ["", "misses", "try"];

/** The pages beside each other. @param {string} shown one of `TABS` */
export const tabs = (places, shown) => html`<nav class="tabs" aria-label=${t("page_articles")}>
  ${TABS.map((rest) => html`<a class="button" href=${address(places, rest)} aria-current=${rest === shown ? "page" : nothing}>${t(`art_tab_${rest || "list"}`)}</a>`)}
</nav>`;
