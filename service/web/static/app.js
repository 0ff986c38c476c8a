// The chat of a signed-in member: a list, a conversation, what was said. Talks to /api/v1 with the page's cookie.
// Texts from people and from the bot enter the page as text only, never as HTML.

const app = document.getElementById("app");
const texts = JSON.parse(app.dataset.texts);
const list = document.getElementById("conversations");
const log = document.getElementById("messages");
const composer = document.getElementById("composer");
const input = document.getElementById("text");
const problem = document.getElementById("error");

let current = null;
let unsent = null;

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error(texts.error_network);
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.assign("/");
  if (!answer.ok) throw Object.assign(new Error(texts[`error_${content.code}`] ?? texts.error_internal), content);
  return content;
}

async function attempt(action) {
  problem.hidden = true;
  app.setAttribute("aria-busy", "true");
  try {
    await action();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  } finally {
    app.removeAttribute("aria-busy");
  }
}

function conversationItem(conversation) {
  const unread = conversation.unreadCount > 99 ? "99+" : String(conversation.unreadCount);
  const title = make("span", { textContent: conversation.lastMessage?.content ?? texts.new_conversation });
  const line = make("span", { className: "muted", textContent: texts[conversation.status] ?? "" });
  if (conversation.unreadCount > 0) line.append(" ", make("span", { className: "badge", textContent: unread }));
  const button = make("button", { type: "button" }, title, line);
  if (conversation.id === current?.id) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => attempt(() => open(conversation.id)));
  return make("li", {}, button);
}

async function showList() {
  const { conversations } = await call("GET", "/conversations");
  list.replaceChildren(...conversations.map(conversationItem));
  if (conversations.length === 0) list.append(make("li", { className: "muted", textContent: texts.no_conversations }));
  return conversations;
}

function chips(message) {
  return make("div", { className: "chips" }, ...message.payload.chips.map((chip) => {
    const button = make("button", { type: "button", textContent: chip.label, disabled: message.answeredAt !== null });
    if (message.answer?.chipId === chip.id) button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => send({ type: "chip", messageId: message.id, chipId: chip.id }));
    return button;
  }));
}

function control(field) {
  const shared = { name: field.name, required: Boolean(field.required) };
  if (field.type === "textarea") return make("textarea", { ...shared, rows: 3 });
  if (field.type === "checkbox") return make("input", { ...shared, type: "checkbox" });
  if (field.type !== "select") return make("input", { ...shared, type: field.type === "phone" ? "tel" : field.type });
  const options = (field.options ?? []).map((one) => make("option", { value: one.value, textContent: one.label }));
  return make("select", shared, make("option", { value: "", textContent: texts.choose }), ...options);
}

function values(form, fields) {
  return Object.fromEntries(fields.map((field) => {
    const node = form.elements.namedItem(field.name);
    return [field.name, field.type === "checkbox" ? node.checked : node.value];
  }));
}

function form(message) {
  const { fields } = message.payload;
  const rows = fields.map((field) => {
    const node = control(field);
    return field.type === "checkbox"
      ? make("label", { className: "check" }, node, field.label)
      : make("label", {}, field.label, node);
  });
  const whole = make("form", {}, ...rows, make("button", { type: "submit", className: "primary", textContent: texts.submit }));
  if (message.answeredAt !== null) for (const node of whole.elements) node.disabled = true;
  whole.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ type: "form", messageId: message.id, values: values(whole, fields) });
  });
  return whole;
}

function messageItem(message) {
  const item = make("li", { className: message.kind === "notice" ? "notice" : message.role });
  item.dataset.id = message.id;
  if (message.content) item.append(make("div", { textContent: message.content }));
  if (message.kind === "chips") item.append(chips(message));
  if (message.kind === "form") item.append(form(message));
  return item;
}

function show(messages) {
  for (const message of messages) {
    const item = messageItem(message);
    const shown = log.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    if (shown) shown.replaceWith(item);
    else log.append(item);
  }
  log.scrollTop = log.scrollHeight;
}

function enter(conversation) {
  current = conversation;
  composer.hidden = conversation.status === "completed";
}

async function open(id) {
  const { conversation, messages } = await call("GET", `/conversations/${encodeURIComponent(id)}/messages`);
  enter(conversation);
  log.replaceChildren();
  show(messages);
  if (messages.length > 0) await call("PUT", `/conversations/${encodeURIComponent(id)}/read`, {});
  await showList();
}

async function begin() {
  const { conversation, messages } = await call("POST", "/conversations", { clientConversationId: crypto.randomUUID() });
  enter(conversation);
  log.replaceChildren();
  show(messages);
  list.querySelector("li.muted")?.remove();
  list.querySelector("[aria-current]")?.removeAttribute("aria-current");
  list.prepend(conversationItem(conversation));
  input.focus();
}

// The same event is sent again under the same id, so a repeat after an error can never be saved twice.
function send(event) {
  const same = unsent?.conversation === current.id && JSON.stringify(unsent.event) === JSON.stringify(event);
  if (!same) unsent = { conversation: current.id, event, id: crypto.randomUUID() };
  const { conversation: id, id: clientMessageId } = unsent;
  return attempt(async () => {
    const turn = await call("POST", `/conversations/${encodeURIComponent(id)}/turns`, { clientMessageId, event });
    unsent = null;
    if (event.type === "text") input.value = "";
    if (current.id !== id) return;
    enter(turn.conversation);
    show([...turn.updatedMessages, ...turn.messages]);
  });
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const content = input.value.trim();
  if (content !== "" && !app.hasAttribute("aria-busy")) send({ type: "text", content });
});
document.getElementById("new").addEventListener("click", () => attempt(begin));
attempt(async () => {
  const conversations = await showList();
  if (conversations.length > 0) await open(conversations[0].id);
});
