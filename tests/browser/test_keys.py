"""Enter and compositions: what is written is sent once, whole, and without a break, in whatever order it is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.key_orders import KEEPS, SENDS, Step
from tests.browser.visitor import WRITE, Visitor

SHIFT = 8


def _enter(devtools: CDPSession, kind: str, code: int = 13, **more: object) -> None:
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
    devtools.send("Input.dispatchKeyEvent", {"type": kind, **key, **more})


def play(visitor: Visitor, steps: list[Step]) -> None:
    """Do what the steps tell, by the browser's own input."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    does = {
        "compose": lambda text: devtools.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        ),
        "commit": lambda text: devtools.send("Input.insertText", {"text": text}),
        "down": lambda code: _enter(devtools, "rawKeyDown", code),
        "shift": lambda code: _enter(devtools, "rawKeyDown", code, modifiers=SHIFT),
        "hidden": lambda name: _enter(devtools, "rawKeyDown", 229, key=name),
        "hidden shift": lambda name: _enter(devtools, "rawKeyDown", 229, key=name, modifiers=SHIFT),
        "char": lambda _: _enter(devtools, "char", text="\r", unmodifiedText="\r"),
        "up": lambda code: _enter(devtools, "keyUp", code),
    }
    visitor.input.press_sequentially("안녕하세")
    for what, argument in steps:
        does[what](argument)


@pytest.mark.parametrize("order", SENDS)
def test_it_is_sent_once_and_whole(new_visitor: NewVisitor, host: Host, order: str) -> None:
    visitor = new_visitor().begin(host.url)
    play(visitor, SENDS[order])
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_have_count(1)
    expect(visitor.mine).to_have_text(["나: 안녕하세요"])
    expect(visitor.input).to_have_value("")


@pytest.mark.parametrize("order", KEEPS)
def test_it_is_not_sent_yet(new_visitor: NewVisitor, host: Host, order: str) -> None:
    visitor = new_visitor().begin(host.url)
    steps, kept = KEEPS[order]
    play(visitor, steps)
    expect(visitor.input).to_have_value(kept)
    visitor.chip("배송").click()  # what had been sent would stand before it
    expect(visitor.mine).to_have_text(["나: 배송"])


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800 \u00ad", "\u200e\n\ufeff"])
def test_a_text_that_shows_nothing_cannot_be_sent(new_visitor: NewVisitor, host: Host, blank: str) -> None:
    visitor = new_visitor().begin(host.url)
    visitor.write(blank)
    expect(visitor.page.locator("munui-chat .send")).to_be_disabled()
    expect(visitor.mine).to_have_count(0)
    visitor.chip(WRITE).click()
    visitor.fill_form(이름=blank)
    visitor.submit()
    expect(visitor.form.get_by_label("이름", exact=True)).to_have_attribute("aria-invalid", "true")
