"""By keyboard: rows, the list of shortcuts and their switches; none of it while somebody writes."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen


def test_rows_by_keyboard(new_screen: NewScreen, new_customer: NewCustomer, label: str) -> None:
    first, second = new_customer(), new_customer()
    screen = new_screen().go("/waiting", label=label)
    page = screen.page
    page.keyboard.press("j")
    expect(screen.link(first)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")  # the last one
    expect(screen.link(second)).to_be_focused()
    page.keyboard.press("k")
    expect(screen.link(first)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{screen.url}/inbox/c/{first.conversation}?label={quote(label)}")
    expect(screen.link(first)).to_have_attribute("aria-current", "true")
    page.keyboard.press("x")
    expect(page.get_by_text("1건 선택")).to_be_visible()
    page.keyboard.press("/")
    expect(screen.search).to_be_focused()
    page.go_back()
    expect(page).to_have_url(f"{screen.url}/inbox/waiting?label={quote(label)}")


def test_the_keyboard_on_hangul_still_means_its_letters(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    first = new_customer()
    screen = new_screen().go("/waiting", label=label)
    screen.page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅓ', code: 'KeyJ', bubbles: true}))"
    )
    expect(screen.link(first)).to_be_focused()


def test_nothing_fires_while_somebody_writes(new_screen: NewScreen, new_customer: NewCustomer, label: str) -> None:
    new_customer()
    screen = new_screen().go("/waiting", label=label)
    # Each of these would move to the first row.
    screen.page.evaluate(
        """() => {
          const press = (more, target = document.body) =>
            target.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true, ...more }));
          press({ isComposing: true });
          press({ keyCode: 229, key: "Process" });
          press({ ctrlKey: true });
          press({ metaKey: true });
          press({ altKey: true });
          const field = document.body.appendChild(document.createElement("textarea"));
          press({}, field);
          field.remove();
        }"""
    )
    assert screen.focused() is None
    screen.search.focus()
    expect(screen.search).to_be_focused()
    screen.page.keyboard.type("jkx?.")
    expect(screen.search).to_have_value("jkx?.")
    expect(screen.page.locator("dialog")).to_have_count(0)


def test_each_shortcut_can_be_turned_off_and_stays_off(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    customer = new_customer()
    screen = new_screen().go("/waiting", label=label)
    page = screen.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="단축키")
    expect(dialog).to_contain_text("다음 상담")
    page.keyboard.press("j")  # behind a dialog
    assert screen.focused() is None
    dialog.get_by_role("link", name="단축키 설정").click()
    page.get_by_role("switch", name="다음 상담").uncheck()
    screen.go("/waiting", label=label)
    page.keyboard.press("j")
    assert screen.focused() is None
    page.keyboard.press("k")
    expect(screen.link(customer)).to_be_focused()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).not_to_contain_text("다음 상담")
