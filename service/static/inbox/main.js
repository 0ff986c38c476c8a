/** The operators' screen: puts store and view together. What each part does stands at its head. */

import { registerPages } from "./pages.js";
import { places } from "./places.js";
import { Alerts } from "./store/alerts.js";
import { Api } from "./store/api.js";
import { Channels } from "./store/channels.js";
import { Columns } from "./store/columns.js";
import { Inbox } from "./store/inbox.js";
import { Live } from "./store/live.js";
import { Several } from "./store/several.js";
import { Shelf } from "./store/shelf.js";
import { Talk } from "./store/talk.js";
import { speak } from "./texts.js";
import { notify } from "./view/desktop.js";
import { Keys } from "./view/keys.js";
import { Notices } from "./view/notices.js";
import "./view/shell.js";
import { tone } from "./view/tone.js";

const root = document.querySelector("#inbox");
const { locale, texts, brand, beat, member } = root.dataset;
const first = JSON.parse(document.querySelector("#first").textContent);

const { TEXTS } = await import(texts);
speak(locale, TEXTS);
registerPages();
const api = new Api(locale, member);
const { filters } = places.now;
const inbox = new Inbox(api, { ...first, filters });
const live = new Live(api, inbox, first.cursor, beat);
const talk = new Talk(api, inbox, first.opened, member);
const shelf = new Shelf(first.me.id);
const open = (id) => places.go(id ? places.conversation(id) : places.list("waiting"));
const alerts = new Alerts({ inbox, live, shelf }, first.at, { tone, show: (rows) => notify(rows, open) });

/**
 * What every part of the screen is given (`.desk`).
 */
const desk = {
  api,
  inbox,
  live,
  places,
  brand,
  channels: new Channels(api),
  columns: new Columns(),
  notices: new Notices(),
  several: new Several(api, inbox),
  alerts,
  shelf,
  keys: new Keys(shelf),
  talk,
};

places.start();
root.replaceChildren(Object.assign(document.createElement("inbox-shell"), { desk }));
alerts.start();
live.start();
talk.start(live);
