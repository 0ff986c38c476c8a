// A log of so many messages, by the element's own view: what renders of it do and take. How it scrolls: `longLog.scroll`.
async ([app, count]) => {
  const { LogView } = await import(`${app}/static/munui/view/log.js`);
  const { styles } = await import(`${app}/static/munui/view/styles.js`);
  const texts = (await import(`${app}/static/munui/texts/ko.js`)).default;
  const message = (number) => ({
    id: `id ${number}`,
    clientMessageId: `id ${number}`,
    role: number % 3 ? "bot" : "user",
    kind: "text",
    cursor: String(number),
    content: `${number}번째 글이에요. https://example.com/${number}`,
    createdAt: new Date(1.79e12 + number * 60_000).toISOString(),
  });
  const log = { messages: Array.from({ length: count }, (_, number) => message(number)), isLoaded: true };
  const chat = {
    log: () => log,
    unsent: () => [],
    active: { status: "open" },
    isEnded: false,
    typing: { who: () => null },
    people: { areHere: false, isMoving: false },
    turns: { formFaults: new Map() },
    pages: { loadOlder: async () => {} },
  };
  const made = [];
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
    construct: (target, given) => {
      made.push(given);
      return new target(...given);
    },
  });
  const { toLocaleTimeString, toLocaleDateString } = Date.prototype;
  for (const [name, method] of Object.entries({ toLocaleTimeString, toLocaleDateString })) {
    Date.prototype[name] = function (...given) {
      made.push(name);
      return method.apply(this, given);
    };
  }
  const host = document.createElement("div");
  host.setAttribute("layout", "inline");
  document.body.append(host);
  host.style.height = "600px";
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [styles()];
  const view = new LogView(
    { chat, texts, locale: "ko", bot: { name: texts.bot, picture: null, isNamed: false } },
    "id",
  );
  view.node.style.height = "560px";
  root.append(view.node);
  const timed = (task) => {
    const began = performance.now();
    task();
    return performance.now() - began;
  };
  const first = timed(() => view.render());
  const changes = [];
  const watch = new MutationObserver((records) => changes.push(...records));
  watch.observe(view.items, { childList: true, subtree: true, attributes: true, characterData: true });
  const again = timed(() => view.render());
  changes.push(...watch.takeRecords());
  const idle = changes.length;
  log.messages = [...log.messages, message(count)];
  const more = timed(() => view.render());
  changes.push(...watch.takeRecords());
  watch.disconnect();
  // Scrolls up for so many frames. What is looked at must move by just as much, whatever is taken in or let go meanwhile.
  const scroll = async (count) => {
    const frame = () => new Promise(requestAnimationFrame);
    const taken = [];
    let [most, jumps] = [0, 0];
    await frame();
    let last = await frame(); // what is observed has been told once
    while (taken.length < count) {
      const middle = view.log.getBoundingClientRect().top + view.log.clientHeight / 2;
      const seen = [...root.querySelectorAll(".row")].find((one) => one.getBoundingClientRect().bottom > middle);
      const [before, by] = [seen.getBoundingClientRect().top, Math.min(400, view.log.scrollTop)];
      view.log.scrollTop -= by;
      const now = await frame(); // the event of scrolling comes right before
      taken.push(now - last);
      last = now;
      if (seen.isConnected && Math.abs(seen.getBoundingClientRect().top - before - by) > 1) jumps += 1;
      most = Math.max(most, root.querySelectorAll(".row").length);
    }
    taken.sort((one, other) => one - other);
    return { frame: taken[count >> 1], most, jumps };
  };
  window.longLog = { scroll };
  return {
    made: made.length,
    first,
    again,
    more,
    idle,
    changes: changes.length,
    rows: root.querySelectorAll(".row").length,
  };
};
