/**
 * The page for developers: copying code, the live list of events, themes to try.
 * Belongs here: what shows the chat off. Not here: anything a host page needs.
 */

const EVENTS = ["opened", "closed", "message", "handedover", "completed", "rated", "unread", "error", "signin"];
const MOST = 100;

// Only the properties that differ between light and dark are in `dark`.
const THEMES = {
  shop: {
    light: { "--munui-accent": "#9c4226", "--munui-link": "#8f3b20", "--munui-soft": "#f7e9e2" },
    dark: { "--munui-accent": "#b3522f", "--munui-link": "#f3b394", "--munui-soft": "#3a2620" },
  },
  default: { light: {}, dark: {} },
  forest: {
    light: { "--munui-accent": "#1f6b4a", "--munui-link": "#17583c", "--munui-soft": "#e2f2ea" },
    dark: { "--munui-accent": "#2a7d58", "--munui-link": "#8fdcb8", "--munui-soft": "#17352a" },
  },
  grape: {
    light: {
      "--munui-accent": "#6d3cc4",
      "--munui-link": "#5a2dab",
      "--munui-soft": "#efe8fc",
      "--munui-radius": "28px",
    },
    dark: {
      "--munui-accent": "#7d4fd3",
      "--munui-link": "#cdb5ff",
      "--munui-soft": "#2d2345",
      "--munui-radius": "28px",
    },
  },
  ink: {
    light: {
      "--munui-accent": "#23262d",
      "--munui-link": "#23262d",
      "--munui-soft": "#eceef1",
      "--munui-radius": "4px",
    },
    dark: {
      "--munui-accent": "#e9ebf0",
      "--munui-on-accent": "#16181d",
      "--munui-link": "#e9ebf0",
      "--munui-soft": "#2a2d34",
      "--munui-radius": "4px",
    },
  },
};
const PROPERTIES = [
  ...new Set(Object.values(THEMES).flatMap(({ light, dark }) => [...Object.keys(light), ...Object.keys(dark)])),
];

const log = document.getElementById("event-log");
const form = document.getElementById("theme-form");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function showNone() {
  const line = Object.assign(document.createElement("p"), { className: "quiet", textContent: log.dataset.none });
  log.replaceChildren(line);
}

function show({ type, detail }) {
  if (!log.querySelector("details")) log.replaceChildren();
  const entry = document.createElement("details");
  const summary = document.createElement("summary");
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false });
  summary.append(Object.assign(document.createElement("code"), { textContent: type }), ` ${time}`);
  entry.append(summary, Object.assign(document.createElement("pre"), { textContent: JSON.stringify(detail, null, 2) }));
  log.append(entry);
  while (log.children.length > MOST) log.firstChild.remove();
  log.scrollTop = log.scrollHeight;
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  button.dataset.label ??= button.textContent; // who copies twice meets what is said of the first time
  await navigator.clipboard.writeText(text);
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = button.dataset.label;
  }, 2000);
}

const lines = (properties) =>
  Object.entries(properties)
    .map(([name, value]) => `  ${name}: ${value};`)
    .join("\n");

function codeOf({ light, dark }, mode) {
  if (!Object.keys(light).length) return mode === "auto" ? "" : `<munui-chat theme="${mode}">`;
  const [one, other] = mode === "dark" ? [dark, null] : [light, mode === "auto" ? dark : null];
  const rule = `munui-chat {\n${lines(one)}\n}`;
  return other
    ? `${rule}\n\n@media (prefers-color-scheme: dark) {\n${rule.replace(lines(one), lines(other)).replace(/^/gm, "  ")}\n}`
    : rule;
}

function apply() {
  const chat = document.querySelector("munui-chat");
  const { theme, mode } = Object.fromEntries(new FormData(form));
  const isDark = mode === "dark" || (mode === "auto" && prefersDark.matches);
  const chosen = THEMES[theme][isDark ? "dark" : "light"];
  for (const name of PROPERTIES) {
    // `initial` undoes what this site's own sheet says; the chat then takes what it comes with.
    chat?.style.setProperty(name, chosen[name] ?? "initial");
  }
  chat?.setAttribute("theme", mode);
  document.getElementById(form.dataset.code).textContent = codeOf(THEMES[theme], mode);
}

EVENTS.forEach((name) => document.addEventListener(`munui:${name}`, show));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy], [data-clear]");
  if (button?.dataset.copy) copy(button);
  else if (button) showNone();
});
form.addEventListener("change", apply);
prefersDark.addEventListener("change", apply);
showNone();
apply();
