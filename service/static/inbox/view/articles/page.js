/** Articles: what the team knows, as customers read it. The list, and behind it an article, its versions, what comes from elsewhere. */

import { html } from "lit";
import { Parts } from "../told/parts.js";
import "./editor.js";
import "./import.js";
import "./imported.js";
import "./list.js";
import "./misses.js";
import "./try.js";
import "./versions.js";

/** @see Places.register */
export const tag = "inbox-articles";

class InboxArticles extends Parts {
  part(id, what) {
    const { desk } = this;
    if (!id) return html`<inbox-article-list .desk=${desk}></inbox-article-list>`;
    if (id === "import")
      return what
        ? html`<inbox-article-imported .desk=${desk} .importId=${what}></inbox-article-imported>`
        : html`<inbox-article-import .desk=${desk}></inbox-article-import>`;
    if (id === "misses") return html`<inbox-article-misses .desk=${desk}></inbox-article-misses>`;
    if (id === "try") return html`<inbox-article-try .desk=${desk}></inbox-article-try>`;
    if (what === "versions")
      return html`<inbox-article-versions .desk=${desk} .articleId=${id}></inbox-article-versions>`;
    return html`<inbox-article-editor .desk=${desk} .articleId=${id === "new" ? null : id}></inbox-article-editor>`;
  }
}

customElements.define(tag, InboxArticles);
