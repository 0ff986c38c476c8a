// A log of so many messages, by the element's own view: what renders of it do and take, and how it scrolls.
async ([app, count]) => {
  const { LogView } = await import(`${app}/static/munui/view/log.js`);
  const { styles } = await import(`${app}/static/munui/styles.js`);
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
    typing: { isShown: () => false },
    turns: { formFaults: new Map() },
    pages: { loadOlder: () => {} },
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
  const view = new LogView({ chat, texts, locale: "ko" }, "id");
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
  const frames = [];
  await new Promise((done) => {
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      view.log.scrollTop -= 400;
      if (frames.length < 90) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
  frames.sort((a, b) => a - b);
  view.remove();
  host.remove();
  return {
    made: made.length,
    first,
    again,
    more,
    idle,
    changes: changes.length,
    frame: frames[45],
    rows: root.querySelectorAll(".row").length,
  };
};
