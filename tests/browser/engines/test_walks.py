"""The main walks in Firefox and in WebKit: the same text for each. What needs devtools is tried in Chromium alone.

`make soak` walks every row of the tables; `make test` those that are most unlike each other.
"""

from __future__ import annotations

import os
from typing import Any

import httpx
import pytest

from tests.browser.engines.conftest import NewWalker
from tests.browser.engines.driver import ENTER, ESCAPE, Driver
from tests.browser.engines.hand import Hand
from tests.browser.engines.until import until
from tests.browser.engines.walker import Walker
from tests.browser.engines.wire import Wire
from tests.browser.host import Host
from tests.browser.visitor import ANOTHER, GOODBYE, GREETING, OKAY, WRITE
from tests.stack import Member

IS_LONG = os.environ.get("MUNUI_SOAK") == "1"
THANKS = "확실한 답을 찾지 못했어요"
WHO = ("guest", "member")

# What it does to the page -> a stylesheet of the page.
HOSTILE = {
    "styles buttons": "button, input, textarea, form, p, h2 { all: unset !important; display: none !important }",
    "sets small roots": "html { font-size: 62.5%; line-height: .5 }",
    "sizes everything": "* { width: 10px; height: 10px; padding: 30px; border: 9px solid red }",
}
# What somebody might enter to hurt those who read it.
ATTACKS = (
    '"\'><img src=x onerror="window.hurt=1">',
    "</textarea></script><script>window.hurt=1</script>",
    "<svg onload=window.hurt=1>{{7*7}}${7*7}",
)
# Of each part: where it is, what its text looks like, and whether it is what one hits there.
LOOK = """
const root = document.querySelector("munui-chat").shadowRoot;
return [".launcher", ".panel", ".header", ".log", ".bubble", ".chip", ".input"].map((selector) => {
  const one = root.querySelector(selector);
  const { x, y, width, height } = one.getBoundingClientRect();
  const place = [x, y, width, height].map(Math.round);
  const isHit = one.contains(root.elementFromPoint(x + width / 2, y + height / 2));
  const { color, backgroundColor, fontSize, letterSpacing, opacity, visibility } = getComputedStyle(one);
  const look = [selector, isHit, color, backgroundColor, fontSize, letterSpacing, opacity, visibility].join(" ");
  return [look, place];
});
"""

# Two buttons that change places as soon as the mouse comes.
RESTLESS = """
document.body.innerHTML = "<button>one</button><p></p><button>other</button>";
window.pressed = [];
for (const kind of ["pointerdown", "mousedown", "mouseup", "click"])
  addEventListener(kind, ({ target }) => pressed.push(target.textContent));
const change = () => document.body.append(document.querySelector("p"), document.querySelector("button"));
addEventListener("mousemove", change, { once: true });
"""


def _some(names: Any, count: int) -> list[str]:
    """All of these in the long form, the first few otherwise."""
    return list(names)[: None if IS_LONG else count]


def test_a_press_meets_what_was_meant_or_nothing(engine: Driver, host: Host) -> None:
    engine.command("Navigate", url=f"{host.url}/empty")
    engine.script(RESTLESS)
    Hand(engine).press("button", "one")
    assert engine.script("return pressed") == ["one"] * 4


def test_it_opens_and_closes_by_mouse_and_key(walker: Walker, host: Host) -> None:
    walker.begin(host.url)
    assert walker.says()[0] == GREETING
    walker.is_at(".input")
    walker.driver.type(ESCAPE)
    walker.sees(".panel", [])
    walker.is_at(".launcher")
    walker.driver.type(ENTER)
    walker.place(".chip")
    assert walker.says()[0] == GREETING
    walker.click(".launcher")
    walker.sees(".panel", [])
    until(lambda: len(walker.heard("closed")) == 2, "the page is told that it is closed")
    assert [len(walker.heard(name)) for name in ("opened", "closed", "error")] == [2, 2, 0]


@pytest.mark.parametrize("who", WHO)
def test_chips_lead_to_the_end_of_a_conversation(walker: Walker, host: Host, member: Member, who: str) -> None:
    walker.begin(host.url, member if who == "member" else None)
    walker.chip("배송")
    walker.chip(ANOTHER)
    walker.chip("결제")
    walker.chip(OKAY)
    walker.place(".ended button")
    assert walker.mine() == ["배송", ANOTHER, "결제", OKAY]
    assert walker.says()[0] == GREETING
    assert walker.says()[-1] == GOODBYE
    assert walker.read(".chip, .input") == []
    until(lambda: walker.heard("completed"), "the page is told that it is over")
    assert len(walker.heard("completed")) == 1
    walker.click(".ended button")
    walker.place(".chip")
    assert walker.says()[0] == GREETING
    assert walker.mine() == []


@pytest.mark.parametrize("who", _some(WHO, 1))
def test_a_form_is_refused_filled_and_kept(walker: Walker, host: Host, member: Member, who: str) -> None:
    walker.begin(host.url, member if who == "member" else None)
    walker.chip(WRITE)
    walker.click("form.card button")
    until(lambda: walker.read("form.card [role=alert]") != [""], "the form says what is missing")
    walker.is_at("form.card [name=name]")
    until(lambda: walker.part("form.card [name=name]", "one.ariaInvalid") == "true", "it is said to be wrong")
    walker.fill_form()
    walker.click("form.card button")
    walker.place(".chip", OKAY)
    (summary,) = walker.read(".summary dl")
    assert "김하나" in summary
    assert "hana@example.com" in summary
    assert "배송이 늦어요" in summary
    before = walker.says()
    walker.reload().click(".launcher")
    walker.place(".chip", OKAY)
    until(lambda: walker.says() == before, "the same stands there again")


def test_a_member_finds_the_chat_again_and_so_does_the_database(
    walker: Walker, host: Host, member: Member, member_rest: httpx.Client
) -> None:
    walker.begin(host.url, member)
    walker.write("배송이 언제 오나요?")
    walker.driver.type(ENTER)
    walker.hears(THANKS)
    before = walker.says()
    assert walker.mine() == ["배송이 언제 오나요?"]
    rows = member_rest.get("/chat_messages", params={"select": "content", "role": "eq.user"}).json()
    assert rows == [{"content": "배송이 언제 오나요?"}]
    walker.reload().open()
    until(lambda: walker.says() == before, "the same stands there again")


def test_two_tabs_show_one_conversation(new_walker: NewWalker, host: Host) -> None:
    first = new_walker().begin(host.url)
    second = new_walker().begin(host.url)
    second.chip("배송")
    second.place(".chip", OKAY)
    first.look().chip(OKAY)
    until(lambda: first.mine() == ["배송", OKAY], "both stand in the first one")
    second.look().place(".ended button")
    until(lambda: second.mine() == ["배송", OKAY], "both stand in the second one")


def test_what_is_written_offline_goes_out_once(
    walker: Walker, host: Host, member: Member, member_rest: httpx.Client, wire: Wire
) -> None:
    walker.begin(host.url, member, api=wire.url)
    wire.cut()
    walker.driver.say_offline(is_offline=True)
    walker.write("지하철에서 보내요")
    walker.driver.type(ENTER)
    until(lambda: walker.read(".banner"), "the chat says that it is not connected")
    walker.driver.say_offline(is_offline=False)
    walker.reload()
    wire.mend()
    walker.reload().click(".launcher")
    walker.hears(THANKS)
    assert walker.mine() == ["지하철에서 보내요"]
    walker.sees(".banner", [])
    rows = member_rest.get("/chat_messages", params={"select": "content", "role": "eq.user"}).json()
    assert rows == [{"content": "지하철에서 보내요"}]


def test_the_enter_that_ends_a_syllable_keeps_the_text_and_the_next_one_sends_it(walker: Walker, host: Host) -> None:
    walker.begin(host.url)
    walker.click(".input")
    walker.driver.compose("안녕하세", "요")
    until(lambda: walker.part(".input", "one.value") == "안녕하세요", "the syllable stands")
    assert walker.mine() == []
    walker.driver.type(ENTER)
    walker.hears(THANKS)
    assert walker.mine() == ["안녕하세요"]
    until(lambda: walker.part(".input", "one.value") == "", "the field is empty")


def test_no_key_typed_in_the_chat_reaches_the_page(walker: Walker, host: Host) -> None:
    hears = """<script>window.keys = []; for (const one of [document, document.documentElement])
      for (const isDown of [true, false])
        one.addEventListener("keydown", ({ key }) => keys.push(key), isDown)</script>"""
    walker.begin(host.page(before=hears))
    walker.click(".input")
    walker.driver.type("s/")
    until(lambda: walker.part(".input", "one.value") == "s/", "each is written once")
    walker.driver.type(ESCAPE)
    walker.sees(".panel", [])
    assert walker.driver.script("return keys") == []


def test_what_stands_on_a_light_accent_is_dark(walker: Walker, host: Host) -> None:
    """Derived from it by a relative colour, which an engine without them would leave unset."""
    walker.begin(host.page(style="munui-chat { --munui-accent: #ffd400 }"))
    assert walker.part(".launcher", "getComputedStyle(one).backgroundColor") == "rgb(255, 212, 0)"
    brightness = """(() => {
      const canvas = document.createElement("canvas").getContext("2d");
      canvas.fillStyle = getComputedStyle(one).color;
      canvas.fillRect(0, 0, 1, 1);
      return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
    })()"""
    assert walker.part(".launcher", brightness) < 40


IS_STILL = "return document.querySelector('munui-chat').shadowRoot.getAnimations().length === 0"


def _look(walker: Walker, url: str, style: str) -> tuple[list[str], list[int]]:
    """How each part looks, and where the parts are: left, top, width and height of each, in CSS pixels."""
    walker.go(url)
    walker.driver.script("document.head.appendChild(document.createElement('style')).textContent = arguments[0]", style)
    walker.open()
    until(lambda: walker.driver.script(IS_STILL), "the panel has faded in")
    parts: list[tuple[str, list[int]]] = walker.driver.script(LOOK)
    return [look for look, _ in parts], [number for _, place in parts for number in place]


@pytest.mark.parametrize("name", _some(HOSTILE, 2))
def test_a_hostile_page_changes_nothing(walker: Walker, host: Host, name: str) -> None:
    plain, places = _look(walker, host.url, "")
    assert all(" true " in part for part in plain)
    walker.driver.script("localStorage.clear()")
    hostile, places_there = _look(walker, host.url, HOSTILE[name])
    assert hostile == plain
    # A log that was scrolled to its end stands at a fraction of a pixel, which is rounded either way.
    assert places_there == pytest.approx(places, abs=1)


@pytest.mark.parametrize("text", _some(ATTACKS, 1))
def test_nothing_that_is_written_is_html(walker: Walker, host: Host, text: str) -> None:
    walker.begin(host.url)
    walker.write(text)
    walker.driver.type(ENTER)
    until(lambda: walker.mine() == [text], "it stands there as it was written")
    walker.reload().open()
    until(lambda: walker.mine() == [text], "it stands there again")
    assert walker.driver.script("return window.hurt ?? null") is None
    assert walker.part(".bubble :is(img, script, svg)", "true") is None
