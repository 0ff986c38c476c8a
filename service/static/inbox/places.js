/**
 * Where somebody is on the screen: every place has an address that can be reloaded and sent to a colleague.
 *
 * `/inbox/<view>` is a list, `/inbox/c/<id>` a conversation beside it (`?view=` says which list, `?at=` a place in what was
 * said: a message's cursor, or `note-` and the id of a note), everything else a page
 * that was registered and is loaded when somebody goes there.
 */

export const VIEWS = ["waiting", "mine", "unassigned", "open", "bot", "snoozed", "completed", "all"];
export const FILTERS = ["assignee", "label", "channel", "q"];
const ROOT = "/inbox";

/** Dispatches `change` when somebody is somewhere else. */
export class Places extends EventTarget {
  /** Pages by path, in the order in which they were registered. @type {Map<string, Page>} */
  pages = new Map();

  /**
   * @typedef {{path: string, load: () => Promise<{tag: string}>, label: string, group: string, right?: string}} Page
   * @param {string} path below `/inbox/`, as `settings/hours`; what follows it in an address is the page's own (`place.rest`)
   * @param {() => Promise<{tag: string}>} load its module, which defines an element and exports its name
   * @param {{label: string, group?: string, right?: string}} options the key of its name, where the menu has it (`work`,
   *   `settings`; empty for nowhere), and what one must be allowed to do (`me.may`)
   */
  register(path, load, { label, group = "", right }) {
    this.pages.set(path, { path, load, label, group, right });
  }

  /** Follow links and the browser's buttons. */
  start() {
    addEventListener("popstate", () => this.#tell());
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /** @returns {{view: string, filters: Record<string, string>, id: ?string, at: ?string, page: ?Page, rest: string, isNowhere: boolean}} */
  get now() {
    const path = read(location.pathname)
      .slice(ROOT.length + 1)
      .replace(/\/$/, "");
    const query = new URLSearchParams(location.search);
    const [first, ...rest] = path.split("/");
    const view = VIEWS.includes(first) ? first : VIEWS.includes(query.get("view")) ? query.get("view") : VIEWS[0];
    const filters = Object.fromEntries(
      FILTERS.filter((name) => query.get(name)).map((name) => [name, query.get(name)]),
    );
    const id = first === "c" && rest.length === 1 ? rest[0] : null;
    const page = this.#page(path);
    const isNowhere = !(path === "" || VIEWS.includes(path) || id || page);
    const at = id ? query.get("at") : null;
    return { view, filters, id, at, page, rest: page ? path.slice(page.path.length + 1) : "", isNowhere };
  }

  /** The address of a list. */
  list(view, filters = {}) {
    return this.#with(`${ROOT}/${view}`, filters);
  }

  /** The address of a conversation beside the list that is shown. */
  conversation(id, { view, filters, at } = { ...this.now, at: null }) {
    return this.#with(`${ROOT}/c/${id}`, { ...(view === VIEWS[0] ? {} : { view }), ...filters, at });
  }

  /** The address of a registered page. */
  page(path) {
    return `${ROOT}/${path}`;
  }

  /** @param {string} address one of the above @param {{replace?: boolean}} options `replace` leaves no way back to where it was */
  go(address, { replace = false } = {}) {
    if (address === location.pathname + location.search) return;
    history[replace ? "replaceState" : "pushState"](null, "", address);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  #page(path) {
    const fitting = [...this.pages.keys()].filter((known) => path === known || path.startsWith(`${known}/`));
    return this.pages.get(fitting.sort((a, b) => b.length - a.length)[0]) ?? null;
  }

  #with(path, query) {
    const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
    return text ? `${path}?${text}` : path;
  }

  #clicked(event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname !== ROOT && !link.pathname.startsWith(`${ROOT}/`)) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

/** An address that somebody broke is read as it stands. */
function read(pathname) {
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}

/** The one of this page. */
export const places = new Places();
