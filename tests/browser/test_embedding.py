"""How a page embeds the chat and what it may get wrong: tags, keys, tokens, origins, frames."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.holding import Held
from tests.browser.host import MAIN, Host
from tests.browser.visitor import GREETING, OKAY, Visitor
from tests.stack import Member

README = Path(__file__).parents[2] / "README.md"
HOTKEYS = """<script>
  window.keys = [];
  const told = ["keydown", "keypress", "keyup"];
  for (const target of [window, document, document.documentElement]) {
    for (const name of told) target.addEventListener(name, ({ key }) => window.keys.push(`${name} ${key}`));
  }
  for (const name of told) document.addEventListener(name, ({ key }) => window.keys.push(`${name} ${key}`), true);
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input, textarea, select, [contenteditable]");
    if (isTyped || !["s", "/"].includes(event.key)) return;
    event.preventDefault();
    document.querySelector("#search").focus();
  });
  document.addEventListener("paste", () => window.keys.push("paste"));
</script>"""


def said(page: Page) -> list[ConsoleMessage]:
    """The errors in the page's console from now on."""
    found: list[ConsoleMessage] = []
    page.on("console", lambda message: message.type == "error" and found.append(message))
    return found


def test_no_key_typed_in_the_chat_reaches_the_page(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.page(body=MAIN + "<input id=search>", before=HOTKEYS))
    visitor.page.evaluate("window.keys.length = 0")
    visitor.input.press_sequentially("s/search? v")
    # Cut and put back: what another test copied would come instead.
    for keys in ("Shift+ArrowLeft", "Control+x", "Control+v"):
        visitor.page.keyboard.press(keys)
    expect(visitor.input).to_have_value("s/search? v")
    visitor.input.press("Enter")
    expect(visitor.mine).to_have_text(["나: s/search? v"])
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("s")
    visitor.page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    assert visitor.page.evaluate("window.keys") == []
    visitor.page.evaluate("document.activeElement.blur()")
    visitor.page.keyboard.press("s")
    expect(visitor.page.locator("#search")).to_be_focused()
    assert "keydown s" in visitor.page.evaluate("window.keys")


def test_escape_is_prevented(visitor: Visitor, host: Host) -> None:
    """What looks at the event later, the browser too, finds it used."""
    spy = "<script>addEventListener('keydown', (event) => { window.pressed = event }, true)</script>"
    visitor.begin(host.page(before=spy))
    visitor.input.press("a")
    assert visitor.page.evaluate("window.pressed.defaultPrevented") is False
    visitor.input.press("Escape")
    expect(visitor.panel).to_be_hidden()
    assert visitor.page.evaluate("window.pressed.defaultPrevented") is True


TAGS = {
    "an address that is none": '<script type="module" src="http://"></script>',
    "an empty address": '<script type="module" src=""></script>',
    "another's module of that name": '<script type="module" src="/embed.js"></script>',
    "a tag without an address": '<script type="module">window.mine = 1</script>',
}


@pytest.mark.parametrize("tag", TAGS)
def test_other_tags_of_the_page_do_not_matter(new_visitor: NewVisitor, host: Host, tag: str) -> None:
    host.files["/embed.js"] = ("text/javascript", b"window.mine = 1")
    visitor = new_visitor().go(f"{host.page(before=TAGS[tag])}?locale=en")
    assert visitor.page.locator("munui-chat").get_attribute("locale") == "en"


def test_a_page_that_changes_its_language_gets_the_other_texts(visitor: Visitor, host: Host) -> None:
    """It has loaded those of one; what was shown stays until the others are there."""
    page = visitor.page
    with page.expect_request("**/assets/texts-ko-*.js"):
        visitor.begin(host.url)
    visitor.input.fill("쓰던 말")
    with page.expect_request("**/assets/texts-en-*.js"):
        page.evaluate("document.querySelector('munui-chat').setAttribute('locale', 'en')")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("쓰던 말")


def snippets(server: AppServer) -> dict[str, str]:
    """How README and the page for developers tell a page to hand over its member."""
    readme = re.findall(r"```js\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    page = httpx.get(f"{server.url}/developers", timeout=60, trust_env=False).text
    (code,) = re.findall(r'id="member-lines">(.*?)</code>', page, re.DOTALL)
    (told,) = [one for one in readme if "getAccessToken" in one]
    return {"README": told, "/developers": unescape(code)}


SUPABASE = """<script>
  const supabase = { auth: {
    getSession: async () => ({ data: { session: { access_token: sessionStorage.getItem("token") } } }),
    refreshSession: () => supabase.auth.getSession(),
    onAuthStateChange: (told) => { setTimeout(() => told("INITIAL_SESSION")) },
  } };
</script>"""


@pytest.mark.parametrize("where", ["README", "/developers"])
@pytest.mark.parametrize("comes", ["before", "after"])
def test_the_documented_lines_work_in_a_plain_script(
    new_visitor: NewVisitor, host: Host, server: AppServer, member: Member, where: str, comes: str
) -> None:
    lines = f"{SUPABASE}<script>{snippets(server)[where]}</script>"
    late = f"<script>addEventListener('load', () => {{ {snippets(server)[where]} }})</script>"
    visitor = new_visitor()
    visitor.page.goto(f"{host.url}/empty")
    visitor.know(member)
    visitor.page.goto(host.page(before=lines if comes == "before" else SUPABASE + late))
    expect(visitor.launcher).to_be_visible()
    visitor.took()
    visitor.open()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    assert [call for call in visitor.took() if call.endswith("/turns")]
    assert visitor.faults == []


def test_an_open_chat_leaves_the_focus_to_the_page(visitor: Visitor, host: Host) -> None:
    page = visitor.page
    page.goto(f"{host.page(body=MAIN + '<input id=name autofocus>')}?open=true")
    expect(visitor.chips.first).to_be_visible()
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("김하나")
    expect(page.locator("#name")).to_have_value("김하나")
    visitor.input.click()
    visitor.panel.get_by_role("button", name="대화 목록").click()
    expect(visitor.panel.get_by_role("button", name="새 대화")).to_be_focused()


@pytest.mark.parametrize("is_member", [False, True])
def test_an_origin_that_is_not_allowed_is_told_once(
    new_visitor: NewVisitor, host: Host, member: Member, *, is_member: bool
) -> None:
    visitor = new_visitor()
    errors = said(visitor.page)
    visitor.go(host.unknown_url, member if is_member else None)
    visitor.launcher.click()
    expect(visitor.banner).to_have_text("이 사이트에서는 문의를 쓸 수 없어요.")
    asked = visitor.took()
    for _ in range(3):
        visitor.launcher.click()
        visitor.page.evaluate("window.dispatchEvent(new Event('focus')); window.dispatchEvent(new Event('online'))")
    expect(visitor.panel).to_be_hidden()
    visitor.launcher.click()
    expect(visitor.banner).to_have_text("이 사이트에서는 문의를 쓸 수 없어요.")
    assert visitor.took() == []
    assert len(asked) == 1
    assert [(one["code"], one["status"]) for one in visitor.heard("error")] == [("origin_not_allowed", 403)]
    assert len([one for one in errors if "origin_not_allowed" in one.text]) == 1


def test_a_sandboxed_frame_is_told_too(visitor: Visitor, host: Host) -> None:
    errors = said(visitor.page)
    visitor.page.goto(
        host.page(body=f'<iframe sandbox="allow-scripts" src="{host.url}/" width=800 height=700></iframe>')
    )
    frame = visitor.page.frame_locator("iframe")
    frame.locator("munui-chat .launcher").click()
    expect(frame.locator("munui-chat .banner").first).to_contain_text("이 사이트에서는 문의를 쓸 수 없어요.")
    assert len([one for one in errors if "origin_not_allowed" in one.text]) == 1


NEVER = """<script>customElements.whenDefined("munui-chat").then(() => {
  document.querySelector("munui-chat").getAccessToken = %s;
})</script>"""
# The first question is answered by `give()`.
LATE = """() => window.given ?? new Promise((resolve) => {
  window.give = (token) => { window.given = token; resolve(token) };
})"""
GIVE = "(token) => window.give(token)"
# The first two are answered by the test, in any order.
TWICE = """() => new Promise((resolve) => {
  window.answers ??= [];
  if (window.answers.push(resolve) > 2) resolve("%s");
})"""


def test_a_token_that_never_comes_leaves_the_guests_chat(visitor: Visitor, host: Host) -> None:
    errors = said(visitor.page)
    visitor.page.clock.install()
    visitor.go(host.page(before=NEVER % "() => new Promise(() => {})"))
    visitor.launcher.click()
    visitor.page.clock.run_for(6000)
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    (error,) = visitor.heard("error")
    assert error["code"] == "token_unavailable"
    assert "getAccessToken" in error["detail"]
    assert "5 s" in error["detail"]
    assert [one.text for one in errors if "token_unavailable" in one.text]


def test_a_token_that_comes_late_is_taken(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.page.clock.install()
    visitor.page.goto(host.page(before=NEVER % LATE))
    visitor.launcher.click()
    visitor.page.clock.run_for(6000)
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    visitor.took()
    listed = Held(visitor.page, "**/api/v1/conversations")
    visitor.page.evaluate(GIVE, member.access_token)
    listed.come()
    expect(visitor.bubbles).to_have_count(0)
    listed.let_go()
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    assert visitor.took() == ["GET /api/v1/conversations", "POST /api/v1/conversations"]


def test_a_new_chat_is_begun_once_it_is_known_whose_it_is(visitor: Visitor, host: Host, member: Member) -> None:
    """The list stands there before that: what a member began in it was a guest's, and then was found no more."""
    visitor.page.goto(host.page(before=NEVER % LATE))
    visitor.launcher.click()
    visitor.panel.get_by_role("button", name="새 대화").click()
    visitor.page.evaluate(GIVE, member.access_token)
    visitor.took()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    expect(visitor.banner).to_have_count(0)
    assert [call for call in visitor.took() if call.endswith("/turns")]


def test_of_two_answers_who_is_here_the_one_counts_that_was_asked_for_last(
    visitor: Visitor, host: Host, member: Member
) -> None:
    """A page asks for its token anew when somebody signs in; what it asked for before may take longer."""
    visitor.page.goto(host.page(before=NEVER % (TWICE % member.access_token)))
    visitor.page.wait_for_function("window.answers?.length === 1")
    visitor.page.evaluate("void document.querySelector('munui-chat').signIn()")
    with visitor.page.expect_response("**/api/v1/conversations"):
        visitor.page.evaluate("(token) => window.answers[1](token)", member.access_token)
    visitor.page.evaluate("window.answers[0](null)")
    visitor.open()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    assert [call for call in visitor.took() if call.endswith("/turns")]


@pytest.mark.parametrize(
    "given",
    ["() => { throw new Error('mine') }", "async () => { throw new Error('mine') }", "() => ({ access_token: 'x' })"],
)
def test_a_token_that_fails_is_the_pages_fault(new_visitor: NewVisitor, host: Host, given: str) -> None:
    visitor = new_visitor()
    errors = said(visitor.page)
    visitor.begin(host.page(before=NEVER % given))
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    assert {one["code"] for one in visitor.heard("error")} == {"token_unavailable"}
    assert [one.text for one in errors if "token_unavailable" in one.text]


def test_the_flag_offline_alone_is_not_believed(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    visitor = new_visitor()
    visitor.page.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })")
    visitor.begin(host.url, member)
    expect(visitor.banner).to_have_count(0)
    with visitor.page.expect_request("**/healthz"):
        visitor.page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(visitor.panel.locator(".status")).to_have_text("보통 바로 답해 드려요")
    visitor.page.route("**/api/**", lambda route: route.abort())
    visitor.write("끊겼다 이어져요")
    expect(visitor.banner).to_contain_text("인터넷 연결이 끊겼어요")
    visitor.page.unroute("**/api/**")
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_be_visible()
    expect(visitor.banner).to_have_count(0)
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
