/**
 * What calls an operator: a conversation that begins to wait, one that they were given, words of a customer of theirs. A tone,
 * and a notification of the desktop where it was allowed. Nothing of it while they are away.
 *
 * One tab decides (the one that leads) and one sounds, for a browser lets a page sound only after it was used. What was told
 * once is never told again, by whichever tab: a queue that waits calls nobody twice.
 */

const TOLD = "alerts told";
const SOUND = "alerts sound";
const DESKTOP = "alerts desktop";
/** More are remembered than can still be on their way. */
const MOST_TOLD = 300;
/** How late a tab may still sound, in milliseconds; twice as long the one that does keeps others from it. */
const ONE_TONE = 2000;

/** Dispatches `change` when a switch is another. */
export class Alerts extends EventTarget {
  #channel = null;
  /** What is looked at in this tab, and what in another one, as that told. @type {?string} */
  #looks = null;
  #looksElsewhere = null;
  /** The conversations of which something was heard while something was being done to them here. @type {Set<string>} */
  #open = new Set();

  /**
   * @param {{inbox: import("./inbox.js").Inbox, live: import("./live.js").Live, shelf: import("./shelf.js").Shelf}} parts
   * @param {string} since the moment of the page: what was there already calls nobody
   * @param {{tone: () => void, show: (rows: object[]) => void}} ways `tone` sounds, `show` notifies
   */
  constructor({ inbox, live, shelf }, since, ways) {
    super();
    Object.assign(this, { inbox, live, shelf, since, ways });
    this.name = `munui inbox alerts ${inbox.me.id}`;
  }

  start() {
    const { inbox } = this;
    inbox.addEventListener("changed", ({ detail: { ids } }) => this.#changed([...ids].map((id) => inbox.rows.get(id))));
    // What an operator does themselves is no news to them.
    inbox.addEventListener("own", ({ detail }) => this.#untold(detail.flatMap((row) => this.#reasons(row))));
    inbox.addEventListener("change", () => this.#look());
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(this.name);
      this.#channel.onmessage = ({ data }) => this.#hear(data);
    }
    for (const event of ["focus", "blur"]) addEventListener(event, () => this.#look());
    addEventListener("pagehide", () => this.#looksAt(null));
    inbox.api.addEventListener(
      "written",
      ({ detail: id }) => this.#open.delete(id) && this.#changed([inbox.rows.get(id)]),
    );
    this.#look();
  }

  get hasSound() {
    return this.shelf.get(SOUND, true);
  }

  get hasDesktop() {
    return this.shelf.get(DESKTOP, false);
  }

  /** @param {boolean} isOn */
  turnSound(isOn) {
    this.#turn(SOUND, isOn);
    if (isOn) this.ways.tone();
  }

  /** @param {boolean} isOn */
  turnDesktop(isOn) {
    this.#turn(DESKTOP, isOn);
  }

  #turn(name, isOn) {
    this.shelf.set(name, isOn);
    this.dispatchEvent(new Event("change"));
  }

  /** Let the tab that leads know what is in front of the operator. Of what another one shows this one says nothing. */
  #look() {
    const isHere = document.hasFocus();
    if (isHere) this.#looksElsewhere = null;
    this.#looksAt(isHere ? this.inbox.openId : null);
  }

  #looksAt(looks) {
    if (looks === this.#looks) return;
    this.#channel?.postMessage({ looks, before: this.#looks });
    this.#looks = looks;
  }

  #changed(rows) {
    if (!this.live.isLeading || this.live.availability !== "online") return;
    const settled = rows.filter((row) => row && !this.#isOpen(row));
    const reasons = new Map(settled.flatMap((row) => this.#reasons(row).map((reason) => [reason, row])));
    const fresh = this.#untold([...reasons.keys()]);
    if (fresh.length) this.#call([...new Set(fresh.map((reason) => reasons.get(reason)))], fresh[0]);
  }

  /** What is heard while something is being done to it here may be just that: it is looked at when that is answered. */
  #isOpen({ id }) {
    const isOpen = this.inbox.api.isWriting(id);
    if (isOpen) this.#open.add(id);
    return isOpen;
  }

  /** Why a conversation calls this operator; each reason is one happening, whoever hears of it how often. */
  #reasons({ id, status, handling, waitingSince, assignee, assignedAt, lastMessage, snoozedUntil }) {
    if (status !== "open" || (snoozedUntil && Date.parse(snoozedUntil) > Date.now())) return [];
    if (handling === "waiting") return this.#isNew(waitingSince) ? [`waits ${id} ${waitingSince}`] : [];
    if (assignee?.id !== this.inbox.me.id) return [];
    const given = this.#isNew(assignedAt) ? [`given ${id} ${assignedAt}`] : [];
    const isSaid = lastMessage?.role === "user" && this.#isNew(lastMessage.createdAt) && !this.#isLookedAt(id);
    return isSaid ? [...given, `said ${lastMessage.id}`] : given;
  }

  #isLookedAt(id) {
    return id === this.#looks || id === this.#looksElsewhere;
  }

  #isNew(moment) {
    return Boolean(moment) && Date.parse(moment) > Date.parse(this.since);
  }

  /** Those that no tab has told; from now on they are told. @returns {string[]} */
  #untold(reasons) {
    const told = this.shelf.get(TOLD, []);
    const fresh = reasons.filter((reason) => !told.includes(reason));
    if (fresh.length) this.shelf.set(TOLD, [...told, ...fresh].slice(-MOST_TOLD));
    return fresh;
  }

  #call(rows, key) {
    this.#channel?.postMessage({ tone: key, at: Date.now() });
    this.#sound(key);
    if (this.hasDesktop) this.ways.show(rows);
  }

  #hear({ tone, at, looks, before }) {
    // Who hears of it later than that would sound once more.
    if (tone && Date.now() - at < ONE_TONE) this.#sound(tone);
    // The tab that was left may say so after the one that is looked at now.
    if (looks || before === this.#looksElsewhere) this.#looksElsewhere = looks ?? null;
  }

  /** In the first tab that may. */
  #sound(key) {
    if (!this.hasSound || navigator.userActivation?.hasBeenActive === false) return;
    if (!navigator.locks) {
      this.ways.tone();
      return;
    }
    navigator.locks.request(`${this.name} ${key}`, { ifAvailable: true }, (lock) => {
      if (!lock) return null;
      this.ways.tone();
      return new Promise((resolve) => setTimeout(resolve, 2 * ONE_TONE));
    });
  }
}
