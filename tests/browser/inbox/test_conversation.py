"""A conversation from its claim to its end, on the screen of who has it and of who looks over their shoulder."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Route, expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.looks import STILL, faults, faults_here, on_phone
from tests.browser.inbox.people import Customer, Person, Team, ask
from tests.browser.inbox.talk import Talk, heard
from tests.words import a_word

# What a screen hears of others; without these it shows what it has.
NEWS = "**/api/v1/inbox/{events,changes}*"


@pytest.fixture
def customer(new_customer: NewCustomer) -> Customer:
    """Somebody who waits."""
    return new_customer("이하나")


@pytest.fixture
def talk(new_screen: NewScreen, customer: Customer) -> Talk:
    """Their conversation, open."""
    return Talk(new_screen(), customer).open()


def deaf(talk: Talk) -> Talk:
    """Let a screen hear of nothing any more."""
    # Refused, for what does not arrive is told by a bar above everything, which moves all below it.
    talk.page.route(NEWS, lambda route: route.fulfill(status=503))
    talk.page.reload()
    expect(talk.page.locator("inbox-composer")).to_be_attached()
    return talk


def test_the_walk_of_a_conversation(talk: Talk, team: Team, admin: Person) -> None:
    customer, page = talk.customer, talk.page
    shortcut = f"시험{a_word()}"
    team.ask("POST", "/canned-replies", shortcut=shortcut, content="{{contact.name}}님, {{주문번호}} 확인할게요.")
    talk.button("내가 맡기").click()
    expect(talk.state).to_contain_text("내 상담")
    # Who takes it wants to answer it.
    expect(talk.reply).to_be_focused()
    page.keyboard.type(f"/{shortcut}")
    expect(page.locator("#canned").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(talk.reply).to_have_value("이하나님, {{주문번호}} 확인할게요.")
    # A gap is not sent, and is where the next key goes.
    page.keyboard.press("Enter")
    expect(page.locator("#fault-reply")).to_have_text("채우지 않은 자리가 있어요: 주문번호")
    page.keyboard.type("A-17")
    page.keyboard.press("Enter")
    expect(talk.mine).to_have_text(["이하나님, A-17 확인할게요."])
    expect(talk.unsent).to_have_count(0)
    assert heard(customer) == ["이하나님, A-17 확인할게요."]

    talk.add_note("창고에 물어봤어요.")
    expect(talk.notes).to_contain_text("창고에 물어봤어요.")
    expect(talk.unsent).to_have_count(0)
    assert heard(customer) == ["이하나님, A-17 확인할게요."]

    talk.button("담당자").click()
    page.get_by_role("group", name="담당자").get_by_role("button", name=admin.name).click()
    expect(talk.state).to_contain_text(f"{admin.name}님 담당")
    expect(talk.log).to_contain_text(f"김상담님이 {admin.name}님에게 맡겼어요")
    talk.button("미루기").click()
    page.get_by_role("button", name="다음 근무일 아침").click()
    expect(talk.state).to_contain_text("까지 미룸")
    assert team.row(customer)["snoozedUntil"]
    talk.button("미루기").click()
    page.get_by_role("button", name="지금 깨우기").click()
    expect(talk.state).not_to_contain_text("까지 미룸")

    talk.button("완료").click()
    undo = talk.undo()
    expect(talk.state).to_contain_text("완료")
    expect(page.get_by_text("완료된 상담이에요. 다시 열면 답장할 수 있어요.")).to_be_visible()
    expect(talk.log).to_contain_text("김상담님이 상담을 완료했어요")
    undo.click()
    expect(talk.state).to_contain_text(f"{admin.name}님 담당")
    row = team.row(customer)
    assert (row["status"], row["handling"], row["assignee"]["id"]) == ("open", "agent", admin.id)


@pytest.mark.parametrize("handling", ["bot", "waiting"])
def test_undoing_a_completion_brings_back_who_handled_it(talk: Talk, team: Team, handling: str) -> None:
    if handling == "bot":
        team.change(talk.customer, handling="bot")
        expect(talk.state).to_contain_text("봇 응대")
    talk.button("완료").click()
    talk.undo().click()
    expect(talk.state).to_contain_text({"bot": "봇 응대", "waiting": "답변 대기"}[handling])
    assert team.row(talk.customer)["handling"] == handling


def test_who_was_slower_is_told_who_has_it(talk: Talk, team: Team, admin: Person) -> None:
    deaf(talk)
    team.ask("POST", f"/conversations/{talk.customer.conversation}/claim")
    talk.button("내가 맡기").click()
    expect(talk.fault).to_contain_text(f"{admin.name}님이 먼저 맡았어요.")
    expect(talk.state).to_contain_text(f"{admin.name}님 담당")


def test_what_was_decided_on_something_else_is_not_done(talk: Talk, team: Team) -> None:
    deaf(talk)
    # A label is nothing that somebody would decide differently for.
    team.change(talk.customer, priority="high")
    talk.customer.say("아, 하나 더요")
    talk.button("완료").click()
    expect(talk.fault).to_contain_text("그사이 새 메시지가 왔어요.")
    expect(talk.log).to_contain_text("아, 하나 더요")
    assert team.row(talk.customer)["status"] == "open"
    team.change(talk.customer, priority="low")
    talk.button("완료").click()
    expect(talk.state).to_contain_text("완료")


def test_two_operators_see_each_other(new_screen: NewScreen, customer: Customer, agent: Person, admin: Person) -> None:
    mine, theirs = Talk(new_screen(agent), customer).open(), Talk(new_screen(admin), customer).open()
    expect(mine.page.locator(".viewers")).to_have_attribute("title", f"함께 보고 있어요: {admin.name}")
    theirs.write("확인해 볼")
    expect(mine.page.get_by_text(f"{admin.name}님이 답장을 쓰고 있어요")).to_be_visible()
    # That somebody writes a note is told to nobody.
    told: list[str] = []
    theirs.page.on("request", lambda sent: told.append(sent.post_data or "") if sent.url.endswith("/typing") else None)
    theirs.add_note("먼저 볼게요")
    expect(mine.notes).to_contain_text("먼저 볼게요")
    assert not [one for one in told if "true" in one]
    theirs.send("확인해 볼게요")
    expect(mine.mine).to_have_text(["확인해 볼게요"])
    expect(mine.state).to_contain_text(f"{admin.name}님 담당")
    expect(mine.page.locator(".announced")).to_contain_text(f"{admin.name}: 확인해 볼게요")


def test_what_the_customer_does_is_seen(talk: Talk) -> None:
    announced = talk.page.locator(".announced")
    expect(announced).to_have_text("")
    talk.screen.hear()
    ask(talk.customer._client, "PUT", f"/conversations/{talk.customer.conversation}/typing", {"isTyping": True})
    expect(talk.page.get_by_text("고객이 입력하고 있어요")).to_be_visible()
    talk.customer.say("언제쯤 될까요?")
    expect(talk.log).to_contain_text("언제쯤 될까요?")
    expect(talk.page.get_by_text("고객이 입력하고 있어요")).to_have_count(0)
    # What is new is read aloud, and nothing of what was there before.
    expect(announced).to_have_text("이하나: 언제쯤 될까요?")


def test_one_blocks_after_a_question(talk: Talk, team: Team) -> None:
    talk.button("더 보기").click()
    talk.button("차단하기").click()
    dialog = talk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("이하나님을 차단할까요?")
    dialog.get_by_role("button", name="취소").click()
    assert team.row(talk.customer)["contact"]["blockedAt"] is None
    talk.button("더 보기").click()
    talk.button("차단하기").click()
    dialog.get_by_role("button", name="차단하기").click()
    expect(talk.state).to_contain_text("차단됨")
    talk.button("더 보기").click()
    talk.button("차단 풀기").click()
    expect(talk.state).not_to_contain_text("차단됨")


def test_notes_are_changed_by_who_wrote_them(talk: Talk, team: Team) -> None:
    path = f"/conversations/{talk.customer.conversation}/notes"
    team.ask("POST", path, clientNoteId=str(uuid.uuid4()), content="관리자의 메모")
    expect(talk.notes).to_have_count(1)
    expect(talk.notes.get_by_role("button")).to_have_count(0)
    talk.add_note("처음 쓴 메모")
    own = talk.notes.filter(has_text="김상담")
    own.get_by_role("button", name="고치기").click()
    own.get_by_role("textbox").fill("다시 쓴 메모")
    # What is typed there is kept, too.
    talk.page.reload()
    expect(own.get_by_role("textbox")).to_have_value("다시 쓴 메모")
    own.get_by_role("textbox").press("Alt+Enter")
    expect(own).to_contain_text("다시 쓴 메모")
    expect(own).to_contain_text("수정됨")
    own.get_by_role("button", name="지우기").click()
    talk.page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    expect(talk.notes).to_have_count(1)
    expect(talk.log).to_contain_text("김상담님이 메모를 지웠어요")


def test_beside_it_stands_who_it_is_with(talk: Talk, label: str, team: Team) -> None:
    customer, beside = talk.customer, talk.page.locator("inbox-beside")
    told = {"pageUrl": "https://shop.example/item/1?a=b", "locale": "ko-KR", "attributes": {"등급": "<b>VIP</b>"}}
    customer._client.headers["User-Agent"] = (
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"
    )
    ask(customer._client, "PUT", "/me/contact", told)
    expect(beside).to_contain_text("Chrome 130 · Windows")
    expect(beside).to_contain_text("한국어")
    expect(beside.get_by_role("link", name="shop.example/item/1")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    attributes = beside.get_by_role("region", name="사이트가 알려 준 정보")
    expect(attributes).to_contain_text("<b>VIP</b>")
    expect(attributes).to_contain_text("확인되지 않은 정보예요.")
    beside.get_by_role("button", name=label).click()
    expect(beside.get_by_role("button", name=label)).to_have_attribute("aria-pressed", "false")
    expect(talk.log).to_contain_text(f"김상담님이 라벨을 뗐어요: {label}")
    beside.get_by_role("combobox", name="우선순위").select_option("긴급")
    expect(talk.state).to_contain_text("긴급")
    assert team.row(customer)["priority"] == "urgent"
    first = customer.conversation
    begun = customer._ask("POST", "/conversations", {"clientConversationId": str(uuid.uuid4())})["conversation"]["id"]
    customer.conversation = begun
    customer.say("또 왔어요")
    talk.open()
    beside.get_by_role("link", name="배송이 언제 오나요?").click()
    expect(talk.page).to_have_url(f"{talk.screen.url}/inbox/c/{first}")
    expect(talk.log).to_contain_text("배송이 언제 오나요?")


def test_on_a_phone_it_is_a_screen_of_its_own(new_screen: NewScreen, customer: Customer, label: str) -> None:
    screen = new_screen(viewport={"width": 360, "height": 740}).go("/waiting", label=label)
    screen.link(customer).click()
    talk = Talk(screen, customer)
    expect(talk.reply).to_be_visible()
    expect(screen.list).to_be_hidden()
    talk.button("고객 정보").click()
    expect(screen.page.get_by_role("heading", name="이하나", level=1)).to_be_visible()
    expect(talk.reply).to_be_hidden()
    screen.page.get_by_role("button", name="대화로").click()
    expect(talk.reply).to_be_visible()
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 360
    talk.button("목록으로").click()
    expect(screen.link(customer)).to_be_focused()


def test_axe_finds_nothing_on_any_state(new_screen: NewScreen, customer: Customer, team: Team) -> None:
    team.ask("POST", f"/conversations/{customer.conversation}/notes", clientNoteId=str(uuid.uuid4()), content="메모")
    team.reply(customer)
    talk = Talk(new_screen(**STILL), customer).open()
    page, screen = talk.page, talk.screen
    assert faults(screen) == [], "open"
    talk.write("/")
    expect(page.locator(".canned")).to_be_visible()
    assert faults(screen) == [], "canned replies"
    talk.write("{{contact.phone}}")
    page.keyboard.press("Enter")
    expect(page.locator("#fault-reply")).not_to_be_empty()
    assert faults(screen) == [], "a gap"
    for name in ("담당자", "미루기", "더 보기"):
        talk.button(name).click()
        expect(page.locator(".choices")).to_be_visible()
        assert faults(screen) == [], name
        page.keyboard.press("Escape")
        expect(talk.button(name)).to_be_focused()
    talk.mode("note")
    expect(talk.note).to_be_visible()
    assert faults(screen) == [], "a note"
    page.route("**/messages", refuse)
    talk.send("가")
    expect(page.get_by_role("button", name="확인하고 보내기")).to_be_visible()
    assert faults(screen) == [], "refused"
    with on_phone(screen):
        talk.button("고객 정보").click()
        expect(page.get_by_role("button", name="대화로")).to_be_visible()
        assert faults_here(screen) == [], "beside it"


def refuse(route: Route) -> None:
    """As if the customer had written."""
    if route.request.method == "POST":
        route.fulfill(status=409, json={"code": "conversation_changed"})
    else:
        route.continue_()


def test_everything_goes_by_keyboard(talk: Talk, team: Team) -> None:
    page = talk.page
    page.keyboard.press("c")
    expect(talk.state).to_contain_text("내 상담")
    expect(talk.reply).to_be_focused()
    # In a field a letter is a letter, and Escape leaves it.
    page.keyboard.type("ns")
    expect(talk.reply).to_have_value("ns")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="이하나", level=1)).to_be_focused()
    page.keyboard.press("n")
    expect(talk.note).to_be_focused()
    page.keyboard.type("메모예요")
    page.keyboard.press("Alt+Enter")
    expect(talk.notes).to_contain_text("메모예요")
    expect(talk.note).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator(".choices button").first).to_be_focused()
    # Towards the end of a week there may be one morning to choose only.
    page.keyboard.press("ArrowDown")
    expect(page.locator(".choices button").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".choices button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(talk.state).to_contain_text("까지 미룸")
    expect(talk.button("미루기")).to_be_focused()
    page.keyboard.press("e")
    expect(talk.state).to_contain_text("완료")
    page.keyboard.press("e")
    expect(talk.state).to_contain_text("내 상담")
    assert team.row(talk.customer)["status"] == "open"
    page.keyboard.press("r")
    expect(talk.reply).to_be_focused()
    expect(talk.reply).to_have_value("ns")
