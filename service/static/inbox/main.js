/** The operators' screen: puts store and view together. What each part does stands at its head. */

import { registerPages } from "./pages.js";
import { places } from "./places.js";
import { Api } from "./store/api.js";
import { Columns } from "./store/columns.js";
import { Inbox } from "./store/inbox.js";
import { Live } from "./store/live.js";
import { speak } from "./texts.js";
import { Notices } from "./view/notices.js";
import "./view/shell.js";

const root = document.querySelector("#inbox");
const { locale, texts, brand, beat } = root.dataset;
const first = JSON.parse(document.querySelector("#first").textContent);

const { TEXTS } = await import(texts);
speak(locale, TEXTS);
registerPages();
const api = new Api(locale);
const { filters } = places.now;
const inbox = new Inbox(api, { ...first, filters });
const live = new Live(api, inbox, first.cursor, beat);

/**
 * What every part of the screen is given (`.desk`). `opened` is the conversation that the page came with, as
 * `GET /conversations/{id}` answers it, and `page` in it as its messages.
 */
const desk = {
  api,
  inbox,
  live,
  places,
  brand,
  columns: new Columns(),
  notices: new Notices(),
  opened: first.opened,
  title(text) {
    document.title = text;
  },
};

places.start();
root.replaceChildren(Object.assign(document.createElement("inbox-shell"), { desk }));
live.start();
