"""The list: what stands in it and in which order, what narrows it, that it stays still, that it has no end."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from scripts.local import LocalStack
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Person, Team
from tests.browser.inbox.screen import JUST_NOW
from tests.stack import connect
from tests.words import a_word


def test_who_waits_longest_is_first_and_a_row_says_it_all(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team, admin: Person
) -> None:
    first, second = new_customer(says="첫 번째 질문이에요"), new_customer(says="두 번째 질문이에요")
    team.change(second, priority="urgent")
    screen = new_screen().go("/waiting", label=label)
    expect(screen.who).to_have_text([first.name, second.name])
    row = screen.row(second)
    for words in ("두 번째 질문이에요", JUST_NOW, "담당자 없음", "긴급", label, "1개 안 읽음"):
        expect(row).to_contain_text(words)
    # It came with the page: nothing was asked for.
    assert "GET /api/v1/inbox/conversations" not in screen.calls
    team.reply(second, "지금 확인할게요")
    expect(row).to_have_count(0)
    screen.view("진행 중").click()
    expect(screen.row(second)).to_contain_text(f"{admin.name}: 지금 확인할게요")


def test_views_hold_what_the_service_says_they_hold(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team, agents: Team, agent: Person, admin: Person
) -> None:
    """What changes while the screen is open is sorted by it as the database sorts it."""
    screen = new_screen().go("/all", label=label)
    waiting, mine, others, bot, snoozed, over = (new_customer(waits=number != 3) for number in range(6))
    team.change(mine, assigneeId=agent.id)
    team.change(others, assigneeId=admin.id)
    team.change(snoozed, assigneeId=agent.id)
    team.change(snoozed, snoozedUntil="2999-01-01T00:00:00Z")
    team.change(over, status="completed")
    expect(screen.rows).to_have_count(6)
    # The last of all that was done: everything before it has been heard of, too.
    screen.page.wait_for_function(
        "id => document.querySelector('inbox-shell').desk.inbox.rows.get(id)?.status === 'completed'",
        arg=over.conversation,
    )
    for view in ("waiting", "mine", "unassigned", "open", "bot", "snoozed", "completed", "all"):
        screen.page.evaluate("view => document.querySelector(`inbox-nav a[href='/inbox/${view}']`).click()", view)
        # As it is known here, before the service is asked, and as it stays afterwards.
        told = agents.ask("GET", f"/conversations?{urlencode({'view': view, 'label': label})}")["conversations"]
        asked = [one["contact"]["name"] for one in told]
        screen.page.evaluate(
            "args => void document.querySelector('inbox-shell').desk.inbox.load(...args)", [view, {"label": label}]
        )
        assert screen.names() == asked, view
        expect(screen.list).to_have_attribute("aria-busy", "false")
        expect(screen.who).to_have_text(asked)
    assert set(screen.names()) == {one.name for one in (waiting, mine, others, bot, snoozed, over)}
    # A number has what is people's to answer, and nothing that the bot answers or that is over.
    for one, count in ((waiting, 1), (mine, 1), (bot, 0), (over, 0)):
        expect(screen.row(one).locator(".unread")).to_have_count(count)
    # Who is there is seen where the window is too low for all places.
    screen.page.set_viewport_size({"width": 1280, "height": 480})
    expect(screen.page.get_by_role("combobox", name="내 상태")).to_be_in_viewport(ratio=1)


def test_a_name_is_found_while_it_is_typed_but_not_while_it_is_composed(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    name = f"남궁민{a_word()}"
    one, other = new_customer(name), new_customer()
    screen = new_screen()
    screen.page.clock.install()
    screen.go("/all", label=label)
    asked = "GET /api/v1/inbox/conversations"
    screen.search.focus()
    session = screen.page.context.new_cdp_session(screen.page)
    session.send("Input.imeSetComposition", {"text": "남", "selectionStart": 1, "selectionEnd": 1})
    # Whatever waits for the end of the typing has waited long enough.
    screen.page.clock.run_for(2_000)
    assert asked not in screen.calls
    with screen.page.expect_request("**/api/v1/inbox/conversations?*"):
        session.send("Input.insertText", {"text": "남궁 "})
    expect(screen.row(other)).to_have_count(0)
    expect(screen.row(one)).to_be_visible()
    # What is typed stays as it is, and the address can be sent to a colleague.
    expect(screen.search).to_have_value("남궁 ")
    reloaded = new_screen().go(screen.page.url.removeprefix(f"{screen.url}/inbox"))
    expect(reloaded.who).to_have_text([one.name])
    expect(reloaded.search).to_have_value("남궁")


def test_the_list_stays_still_under_the_pointer_and_the_keyboard(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team
) -> None:
    first, second = new_customer(), new_customer()
    screen = new_screen().go("/waiting", label=label)
    screen.row(second).hover()
    third = new_customer()
    expect(screen.arrivals).to_have_text("새 상담 1건 보기")
    team.reply(first)
    # It says what it is now, and stays where it was.
    expect(screen.row(first)).to_contain_text("확인해 볼게요.")
    assert screen.names() == [first.name, second.name]
    screen.leave_list()
    expect(screen.row(first)).to_have_count(0)
    expect(screen.who).to_have_text([second.name, third.name])
    screen.page.keyboard.press("j")
    expect(screen.link(second)).to_be_focused()
    fourth = new_customer()
    expect(screen.arrivals).to_have_text("새 상담 1건 보기")
    screen.page.keyboard.press(".")
    expect(screen.who).to_have_text([second.name, third.name, fourth.name])
    expect(screen.arrivals).to_have_count(0)


# Past the triggers, there and away: they are nobody's news.
FILL = """
    set local session_replication_role = replica;
    insert into public.chat_labels (name) values ('많음');
    insert into public.chat_contacts (id, name)
    select md5('crowd' || n)::uuid, '손님 ' || n from generate_series(1, 10000) n;
    insert into public.chat_conversations (id, user_id, channel) select c.id, c.id, 'web' from public.chat_contacts c
    where c.name ~ '^손님 [0-9]+$';
    insert into public.chat_desk (conversation_id)
    select c.id from public.chat_contacts c where c.name ~ '^손님 [0-9]+$';
    insert into public.chat_conversation_labels (conversation_id, label_id)
    select c.id, l.id from public.chat_contacts c, public.chat_labels l
    where c.name ~ '^손님 [0-9]+$' and l.name = '많음';
"""
EMPTY = """
    set local session_replication_role = replica;
    delete from public.chat_conversation_labels
    where label_id = (select id from public.chat_labels where name = '많음');
    delete from public.chat_labels where name = '많음';
    delete from public.chat_desk d using public.chat_contacts c
    where d.conversation_id = c.id and c.name ~ '^손님 [0-9]+$';
    delete from public.chat_conversations v using public.chat_contacts c
    where v.id = c.id and c.name ~ '^손님 [0-9]+$';
    delete from public.chat_contacts where name ~ '^손님 [0-9]+$';
"""


@pytest.fixture
def crowd(stack: LocalStack) -> Iterator[str]:
    """Ten thousand conversations of one label."""
    with connect(stack) as db:
        db.execute(FILL)
    yield "많음"
    with connect(stack) as db:
        db.execute(EMPTY)


def test_ten_thousand_conversations_are_walked_through_with_few_in_the_page(new_screen: NewScreen, crowd: str) -> None:
    screen = new_screen().go("/all", label=crowd)
    ended = """() => {
      const list = document.querySelector('.rows');
      list.scrollTop = list.scrollHeight;
      const { inbox } = document.querySelector('inbox-shell').desk;
      return !inbox.hasMore && inbox.order.length;
    }"""
    # Fifty pages, one after the other.
    assert screen.page.wait_for_function(ended, timeout=240_000).json_value() == 10_000
    assert screen.rows.count() < 60
    screen.page.wait_for_function(
        "new Set([...document.querySelectorAll('.rows [data-id]')].map((one) => one.dataset.id)).size > 10"
    )
    # What is far away is gone from the page, and comes back where it was.
    screen.page.keyboard.press("j")
    screen.page.keyboard.press("k")
    expect(screen.rows.locator("[data-id]:focus")).to_have_count(1)
