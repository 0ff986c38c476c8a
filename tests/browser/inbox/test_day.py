"""A whole day of the inbox: from the sign-in to the last conversation, at a desk and on a phone, a colleague beside."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Person, Team
from tests.browser.inbox.talk import Talk, heard
from tests.words import a_word

WAYS = {"desk": {}, "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True}}


def sign_in(page: Page, person: Person) -> None:
    """As somebody does who came by the inbox's address."""
    page.get_by_label("이메일").fill(person.member.email)
    page.get_by_label("비밀번호").fill(person.member.password)
    page.locator("main").get_by_role("button", name="로그인").click()


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_day(
    new_screen: NewScreen,
    new_customer: NewCustomer,
    label: str,
    team: Team,
    agent: Person,
    admin: Person,
    way: str,
) -> None:
    name = f"남궁하나{a_word()}"
    customer, later = new_customer(name), new_customer(says="나중 질문이에요")
    shortcut = f"인사{a_word()}"
    team.ask("POST", "/canned-replies", shortcut=shortcut, content="{{contact.name}}님, 오늘 보내 드릴게요.")
    is_phone = way == "phone"

    # In the morning: nobody is signed in, and the address leads there nevertheless.
    mine = new_screen(None, **WAYS[way])
    page = mine.page
    page.goto(f"{mine.url}/inbox/waiting?label={label}")
    sign_in(page, agent)
    expect(page.locator("inbox-nav")).to_be_attached()
    mine.go("/waiting", label=label)
    # Who waits longest is first; the colleague sees the same.
    expect(mine.rows.locator(".who")).to_have_text([customer.name, later.name])
    colleague = new_screen(admin).go("/waiting", label=label)
    expect(colleague.rows.locator(".who")).to_have_text([customer.name, later.name])

    mine.link(customer).click()
    talk = Talk(mine, customer)
    if is_phone:
        expect(mine.list).to_be_hidden()
    talk.button("내가 맡기").click()
    expect(talk.state).to_contain_text("내 상담")
    expect(colleague.row(customer)).to_have_count(0)

    talk.reply.fill(f"/{shortcut}")
    page.locator("#canned").get_by_role("option").click()
    expect(talk.reply).to_have_value(f"{name}님, 오늘 보내 드릴게요.")
    talk.button("답장 보내기").click()
    expect(talk.mine).to_have_text([f"{name}님, 오늘 보내 드릴게요."])
    talk.add_note("창고에 물어봤어요.")
    expect(talk.notes).to_contain_text("창고에 물어봤어요.")
    expect(talk.unsent).to_have_count(0)
    assert heard(customer) == [f"{name}님, 오늘 보내 드릴게요."]

    # To the colleague, who sees it, the note too, and gives it back.
    talk.button("담당자").click()
    page.get_by_role("group", name="담당자").get_by_role("button", name=admin.name).click()
    expect(talk.state).to_contain_text(f"{admin.name}님 담당")
    colleague.view("내 상담").click()
    colleague.link(customer).click()
    theirs = Talk(colleague, customer)
    expect(theirs.state).to_contain_text("내 상담")
    expect(theirs.notes).to_contain_text("창고에 물어봤어요.")
    theirs.button("담당자").click()
    colleague.page.get_by_role("group", name="담당자").get_by_role("button", name=agent.name).click()
    expect(talk.state).to_contain_text("내 상담")

    # It sleeps, and is woken: by hand here, by what the customer says at any time.
    talk.button("미루기").click()
    page.get_by_role("button", name="다음 근무일 아침").click()
    expect(talk.state).to_contain_text("까지 미룸")
    talk.button("미루기").click()
    page.get_by_role("button", name="지금 깨우기").click()
    expect(talk.state).not_to_contain_text("까지 미룸")
    talk.button("미루기").click()
    page.get_by_role("button", name="다음 근무일 아침").click()
    expect(talk.state).to_contain_text("까지 미룸")
    customer.say("고맙습니다!")
    expect(talk.log).to_contain_text("고맙습니다!")
    expect(talk.state).not_to_contain_text("까지 미룸")

    talk.button("완료").click()
    undo = talk.undo()
    expect(talk.state).to_contain_text("완료")
    expect(theirs.state).to_contain_text("완료")
    undo.click()
    expect(talk.state).to_contain_text("내 상담")
    expect(theirs.state).to_contain_text(f"{agent.name}님 담당")
    talk.button("완료").click()
    expect(talk.state).to_contain_text("완료")

    # In the evening somebody asks for them by name; it is found, and is still as it was left.
    if is_phone:
        talk.button("목록으로").click()
        mine.page.get_by_role("button", name="메뉴").first.click()
    mine.view("전체").click()
    mine.search.fill(name)
    expect(mine.rows).to_have_count(1)
    mine.link(customer).click()
    expect(talk.state).to_contain_text("완료")
    row = team.row(customer)
    assert (row["status"], row["assignee"]["id"]) == ("completed", agent.id)
    assert heard(customer)[:1] == [f"{name}님, 오늘 보내 드릴게요."]
    if is_phone:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
