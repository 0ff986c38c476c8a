/**
 * What happens elsewhere: hints by one stream for all tabs, and the pull of what they are about; that the operator is there.
 *
 * One tab leads: it listens, tells the others what it hears, and says that the operator is there. Each tab pulls for itself
 * from where it stands, a hidden one when it is shown again, unless it leads: alerts are the leader's.
 */

import { Tabs } from "../../munui/elsewhere.js";
import { listen } from "./stream.js";

/** Milliseconds between two tries of the stream, at first and at most. */
const SHORTEST = 1000;
const LONGEST = 30_000;
/** A hint seldom comes alone. */
const TOGETHER = 60;
/** Without a stream. */
const POLL_SHOWN = 3000;
const POLL_HIDDEN = 30_000;
/** After so long without a sign of life from the tab that leads there is no stream. */
const DEAF = 45_000;
/** The service forgets after 60 s. */
const TOLD_EVERY = 30_000;
const CHOSEN = "munui.inbox.availability";
/** How long a sign-out may be on its way to the service after another tab has told of it. */
const LEAVING = 10_000;

/** Dispatches `typing` and `presence` with what was told in `detail`, `hello` when a stream begins, `state` when hints begin or cease to come, `me` when the operator's own state is another. */
export class Live extends EventTarget {
  isLeading = false;
  #heardAt = 0;
  #cursor;
  #channel = null;
  #isPulling = false;
  #isDue = false;
  #soon = null;
  #toldAt = 0;
  #looksAt = null;
  #toldLooking = null;
  /** When another tab told that the operator signs out; 0 where they have not. */
  #leftAt = 0;
  /** Who is here instead, or "nobody", once this page was to be theirs. @type {?string} */
  #other = null;
  #wake = () => {};

  /** @param {import("./api.js").Api} api @param {import("./inbox.js").Inbox} inbox @param {string} cursor from which the changes go on @param {string} beat the address of the clock */
  constructor(api, inbox, cursor, beat) {
    super();
    Object.assign(this, { api, inbox, beat });
    this.#cursor = cursor;
  }

  /** Whether hints come, here or to the tab that tells this one. */
  get isAlive() {
    return Date.now() - this.#heardAt < DEAF;
  }

  /** What the operator chose to be, in all tabs. @returns {"online"|"away"|"offline"} */
  get availability() {
    return localStorage.getItem(CHOSEN) ?? "online";
  }

  start() {
    const name = `munui inbox ${this.inbox.me.id}`;
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data }) => this.#hear(data);
    }
    const lead = () => this.#lead();
    if (navigator.locks) navigator.locks.request(name, lead);
    else lead();
    document.addEventListener("visibilitychange", () => this.#shown());
    addEventListener("online", () => this.hurry());
    addEventListener("storage", ({ key }) => key === CHOSEN && this.#tell("me"));
    this.api.addEventListener("session", () => this.#session());
    addEventListener("focus", () => this.#probe());
    // Told by whatever page of ours ends the session (munui/leaving.js).
    new Tabs(location.origin, () => this.#left());
    setInterval(() => this.#sayLooking(), TOLD_EVERY);
    this.#poll();
    // What happened while the page was on its way.
    this.pull();
  }

  /** Be there, away or gone; all tabs are. @param {"online"|"away"|"offline"} availability @throws {Problem} */
  async be(availability) {
    localStorage.setItem(CHOSEN, availability);
    this.#tell("me");
    await this.#sayAvailability();
  }

  /** Look at a conversation, or at none; told as long as the page is shown. @param {?string} id */
  look(id) {
    if (id === this.#looksAt) return;
    this.#looksAt = id;
    this.#sayLooking();
  }

  /** What waits for its next try need not. */
  hurry() {
    this.#wake();
    this.pull();
  }

  /** Before the service may know it: what is asked next would be asked by whoever comes. */
  #left() {
    this.#leftAt = Date.now();
    // Told by this page, too.
    if (!this.api.isGoing) this.api.leave();
  }

  /** Signed in again, perhaps as somebody else, in this tab or another; or gone, and then nothing stays on the screen. */
  async #probe() {
    if (!this.api.isSignedOut || this.api.isGoing) return;
    const gone = ({ status }) => ({ id: this.#leftAt && status === 401 ? "nobody" : null });
    const { id } = await this.api.get("/me", {}, { isOfAnybody: true }).catch(gone);
    // Who signs out is who is signed in, until the service hears of it.
    if (!id || (id === this.inbox.me.id && Date.now() - this.#leftAt < LEAVING)) return;
    this.#leftAt = 0;
    if (id === this.inbox.me.id) await this.api.get("/me").catch(() => {});
    else if (id !== this.#other) {
      // Once: who has something here that is not saved may stay, and a page that is slow to come is not called off.
      this.#other = id;
      location.reload();
    }
  }

  #session() {
    if (this.api.isSignedOut) return;
    this.#other = null;
    this.#sayAvailability().catch(() => {});
    this.hurry();
  }

  /** Ask what has changed; of several wishes one is asked, and one more where it came too late for that. */
  async pull() {
    this.#isDue = true;
    if (this.#isPulling || this.api.isSignedOut || this.api.isRefused) return;
    this.#isPulling = true;
    try {
      while (this.#isDue) {
        this.#isDue = false;
        const asked = this.inbox.ask();
        const told = await this.api.get("/changes", { cursor: this.#cursor });
        this.#cursor = told.cursor;
        this.inbox.apply(told, asked);
      }
    } catch {
      // It stays due: the poll, the next hint, the way back of network or sign-in ask again.
      this.#isDue = true;
    } finally {
      this.#isPulling = false;
    }
  }

  #shown() {
    this.#sayLooking();
    if (!document.hidden && (this.#isDue || !this.isAlive)) this.hurry();
  }

  #poll() {
    const wait = document.hidden ? POLL_HIDDEN : POLL_SHOWN;
    setTimeout(() => {
      if (this.api.isSignedOut && !document.hidden) this.#probe();
      else if ((!this.isAlive || this.#isDue) && (!document.hidden || this.isLeading)) this.pull();
      this.#poll();
    }, wait);
  }

  /** For as long as this page lives. */
  async #lead() {
    this.isLeading = true;
    new Worker(this.beat).onmessage = () => this.#beat();
    this.#sayAvailability().catch(() => {});
    let [wait, wished] = [0, SHORTEST];
    const never = new AbortController();
    for (;;) {
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, wait * (0.5 + Math.random() / 2));
      });
      // One that is under way may be in vain; then the next one need not wait either.
      let isHurried = false;
      this.#wake = () => {
        isHurried = !this.isAlive;
      };
      const heard = ({ kind, told }) => {
        if (kind === "retry") wished = told;
        else this.#relay({ kind, told });
        if (kind === "hello") wait = 0;
      };
      const refused = await listen((signal) => this.api.stream("/events", signal), never.signal, heard).catch(
        (error) => error,
      );
      this.#relay({ kind: "cut" });
      const longer = Math.min(LONGEST, Math.max(wished, wait * 2));
      wait = (refused?.retryAfter ?? 0) * 1000 || (isHurried ? 0 : longer);
    }
  }

  #relay(hint) {
    this.#channel?.postMessage(hint);
    this.#hear(hint);
  }

  #hear({ kind, told }) {
    const wasAlive = this.isAlive;
    this.#heardAt = kind === "cut" ? 0 : Date.now();
    if (this.isAlive !== wasAlive) this.#tell("state");
    if (kind === "hello" || kind === "changed") this.#pullSoon();
    if (kind === "hello") this.#tell("hello");
    if (kind === "typing" || kind === "presence") this.dispatchEvent(new CustomEvent(kind, { detail: told }));
  }

  #pullSoon() {
    this.#isDue = true;
    if (document.hidden && !this.isLeading) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.pull();
    }, TOGETHER);
  }

  /** Each ten seconds, also while the page is hidden. */
  #beat() {
    if (this.isAlive) this.#channel?.postMessage({ kind: "beat" });
    if (Date.now() - this.#toldAt >= TOLD_EVERY - 5000) this.#sayAvailability().catch(() => {});
  }

  #sayAvailability = inTurn(async () => {
    if (this.api.isSignedOut) return;
    this.#toldAt = Date.now();
    const me = await this.api.put("/me/availability", { availability: this.availability });
    const isNew = me.availability !== this.inbox.me.availability;
    this.inbox.me = me;
    if (isNew) this.#tell("me");
  });

  /** A page that is hidden says nothing: it is forgotten, and another tab may show another conversation. */
  #sayLooking = inTurn(async () => {
    const isNothing = this.#looksAt === null && this.#toldLooking === null;
    if (document.hidden || isNothing || this.api.isSignedOut) return;
    this.#toldLooking = this.#looksAt;
    await this.api.put("/presence", { conversationId: this.#looksAt }).catch(() => {});
  });

  #tell(event) {
    this.dispatchEvent(new Event(event));
  }
}

/**
 * Says what is so at that moment, one time after the other: of two that overtake each other the service would keep the older
 * one. What is wished for meanwhile is said once.
 * @param {() => Promise<void>} say @returns {() => Promise<void>}
 */
function inTurn(say) {
  let [now, next] = [null, null];
  const begin = () => {
    next = null;
    now = say().finally(() => {
      now = null;
    });
    return now;
  };
  return () => {
    if (!now && !next) return begin();
    next ??= now.then(begin, begin);
    return next;
  };
}
