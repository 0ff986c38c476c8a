"""What happens by itself and what others are told, on the screen: rules, webhooks, channels, what failed."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.jobs.worker import Worker
from tests.browser.holding import Held
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.looks import STILL, faults
from tests.browser.inbox.people import Person, Team, ask
from tests.browser.inbox.screen import Screen
from tests.jobs.receiving import Receiver, receiving
from tests.stack import connect
from tests.words import a_word
from tests.working import hand_driven

Remove = Callable[[str], None]


@pytest.fixture
def desk(new_screen: NewScreen, admin: Person) -> Screen:
    """An admin's screen."""
    return new_screen(admin)


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture
def worker(stack: LocalStack, root: Connection[Any]) -> Iterator[Worker]:
    """A worker that does what is due when it is told to."""
    with hand_driven(stack, webhook_allow_private=True, webhook_repeats="0,0") as driven:
        root.execute("delete from public.chat_jobs")
        yield driven


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    with receiving() as running:
        yield running


@pytest.fixture
def remove(team: Team) -> Iterator[Remove]:
    """A function that notes what is to be gone after the test, by its path."""
    paths: list[str] = []
    yield paths.append
    for path in paths:
        team.ask("DELETE", path)


@pytest.fixture
def hook(team: Team, root: Connection[Any], receiver: Receiver, remove: Remove) -> str:
    """A webhook to this machine, which the app itself would refuse."""
    made: str = team.ask("POST", "/webhooks", url="https://example.com/hook", types=["note.created"])["id"]
    remove(f"/webhooks/{made}")
    root.execute("update public.chat_webhooks set url = %s where id = %s", [receiver.url, made])
    return made


def card(screen: Screen, text: str) -> Locator:
    """What is listed under a name."""
    return screen.page.locator("li.card").filter(has_text=text)


def test_a_rule_is_made_by_hand_tried_and_seen_to_have_run(
    desk: Screen, new_customer: NewCustomer, team: Team, label: str, worker: Worker, remove: Remove
) -> None:
    customer, name = new_customer(), f"끝나면 {label}"
    page = desk.go("/settings/rules").page
    expect(card(desk, "상담이 끝나면 평점 물어보기")).to_contain_text("채널이 ‘웹 채팅’일 때 → 평점 물어보기")
    page.get_by_role("link", name="규칙 추가").click()
    page.get_by_label("이름", exact=True).fill(name)
    page.get_by_role("button", name="저장", exact=True).click()
    # Said where it is, and nothing of what was typed is gone.
    expect(page.locator(".actions .fault")).to_have_text("있는 라벨을 골라 주세요.")
    page.locator(".actions").get_by_label("라벨", exact=True).select_option(label)
    page.get_by_role("button", name="저장", exact=True).click()
    expect(page.locator(".types .fault")).to_contain_text("하나 이상 고르거나")
    expect(page.get_by_label("이름", exact=True)).to_have_value(name)
    page.get_by_label("상담이 완료됨").check()
    page.get_by_role("button", name="조건 추가").click()
    first = page.locator(".leaf").first
    first.get_by_label("무엇이").select_option(label="라벨")
    first.get_by_label("값").select_option(label)
    page.get_by_role("button", name="묶음 추가").click()
    page.get_by_role("combobox", name="안쪽 조건 묶음").select_option("none")
    inner = page.locator(".group .group .leaf")
    inner.get_by_label("무엇이").select_option(label="양식 항목…")
    inner.get_by_label("항목 이름").fill("topic")
    inner.get_by_label("값").fill("환불")
    action = page.locator(".actions > li").first
    action.get_by_label("할 일", exact=True).select_option(label="우선순위 바꾸기")
    action.get_by_label("우선순위", exact=True).select_option(label="높음")
    expect(page.locator(".save")).to_contain_text("우선순위를 ‘높음’(으)로 바꾸기")
    page.get_by_role("button", name="저장", exact=True).click()
    expect(card(desk, name)).to_contain_text(f"라벨 ‘{label}’")
    rule = next(one for one in team.ask("GET", "/rules")["rules"] if one["name"] == name)
    remove(f"/rules/{rule['id']}")
    assert rule["when"] == {
        "all": [
            {"field": "conversation.labels", "op": "is", "value": label},
            {"not": {"field": "form.topic", "op": "contains", "value": "환불"}},
        ]
    }
    # It runs before the others from now on.
    place = len(team.ask("GET", "/rules")["rules"]) - 1
    expect(page.locator("li.card")).to_have_count(place + 1)
    moved, switch = Held(page, "**/rules/order", "PUT", is_answered=True), card(desk, name).get_by_role("switch")
    card(desk, name).get_by_role("button", name="위로").press("Alt+ArrowUp")
    expect(page.locator("li.card").nth(place - 1)).to_contain_text(name)
    expect(card(desk, name).get_by_role("button", name="위로")).to_be_focused()
    # It was on when it was moved: that is told late.
    moved.come()
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    moved.let_go()
    expect(page.locator(".notice.said").filter(has_text=name)).to_be_visible()
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    card(desk, name).get_by_role("link", name="시험해 보기").click()
    page.get_by_role("searchbox", name="고객 이름").fill(customer.name)
    page.locator(".found button").filter(has_text=customer.name).click()
    expect(page.locator(".tried")).to_contain_text("조건이 맞아요.")
    expect(page.locator(".tried .results .done")).to_have_count(4)
    assert team.row(customer)["priority"] == "normal"
    team.change(customer, status="completed")
    worker.drain()
    desk.go(f"/settings/rules/{rule['id']}/runs")
    run = page.locator(".runs li.card")
    expect(run).to_have_count(1)
    expect(run).to_contain_text("우선순위 바꾸기")
    run.get_by_role("link", name="상담 열기").click()
    expect(page.get_by_role("log")).to_contain_text(f"‘{name}’ 규칙이 우선순위를 ‘높음’으로")
    desk.go("/settings/rules")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    entry = desk.go("/audit").page.locator(".audit > li").first
    for words in (f"자동화 규칙 “{name}” 변경", "켜짐", "예", "아니요"):
        expect(entry).to_contain_text(words)


def test_a_webhook_is_tested_and_what_was_sent_goes_once_more(
    desk: Screen, hook: str, receiver: Receiver, worker: Worker, team: Team, remove: Remove
) -> None:
    receiver.answer = lambda _: (500, {}, "고장 났어요".encode())
    page = desk.go("/settings/webhooks").page
    listed = card(desk, receiver.url)
    listed.get_by_role("button", name="시험 발송").click()
    expect(page.locator(".notice.said")).to_contain_text("시험 발송을 시작했어요.")
    worker.drain()
    listed.get_by_role("link", name="보낸 기록").click()
    sent = page.locator(".deliveries li.card")
    expect(sent).to_have_count(1)
    expect(sent).to_contain_text("500")
    sent.get_by_text("받은 답").click()
    expect(sent.locator("pre")).to_have_text("고장 났어요")
    tries, receiver.answer = len(receiver.got), lambda _: (204, {}, b"")
    sent.get_by_role("button", name="다시 보내기").click()
    expect(page.locator(".notice.said").filter(has_text="다시 보내요.")).to_be_visible()
    worker.drain()
    assert len(receiver.got) == tries + 1
    assert len(set(receiver.ids())) == 1
    page.get_by_role("button", name="새로 고침").click()
    expect(sent).to_contain_text("전달됨")
    # A new one: its secret is there once, and an address of an inner network is refused where it stands.
    desk.go("/settings/webhooks")
    page.get_by_role("button", name="웹훅 추가").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("주소").fill("http://127.0.0.1/hook")
    dialog.get_by_role("button", name="저장").click()
    expect(dialog.locator("#url-fault")).to_contain_text("인터넷에서 닿는 주소")
    address = f"https://example.com/{uuid.uuid4().hex}"
    dialog.get_by_label("주소").fill(address)
    dialog.get_by_label("상담이 완료됨").check()
    dialog.get_by_role("button", name="저장").click()
    expect(dialog.get_by_label("웹훅 비밀 키")).to_have_value(re.compile("^whsec_."))
    dialog.get_by_role("button", name="잘 보관했어요").click()
    expect(dialog).to_have_count(0)
    expect(card(desk, address)).to_contain_text("상담이 완료됨")
    made = next(one for one in team.ask("GET", "/webhooks")["webhooks"] if one["url"] == address)
    remove(f"/webhooks/{made['id']}")
    assert "whsec_" not in page.content()
    entry = desk.go("/audit").page.locator(".audit > li").first
    expect(entry).to_contain_text("웹훅 “https://example.com/…")
    # What follows its host is the webhook's own.
    assert address not in page.content()


def test_a_channels_key_is_shown_once_and_what_failed_there_goes_once_more(
    desk: Screen, server: AppServer, team: Team, hook: str, receiver: Receiver, worker: Worker
) -> None:
    name = f"ERP {a_word()}"
    page = desk.go("/settings/channels").page
    page.get_by_role("button", name="채널 추가").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("이름").fill(name)
    dialog.get_by_label("고객마다 상담 하나로 모으기").check()
    dialog.get_by_label("답변을 보낼 웹훅").select_option(hook)
    dialog.get_by_role("button", name="저장").click()
    expect(dialog.get_by_label(f"{name} 채널 키")).to_have_value(re.compile("^mk_."))
    key = dialog.get_by_label(f"{name} 채널 키").input_value()
    dialog.get_by_role("button", name="잘 보관했어요").click()
    expect(dialog).to_have_count(0)
    expect(card(desk, name)).to_contain_text("고객마다 상담 하나")
    assert key not in page.content()
    headers = {"Authorization": f"Bearer {key}"}
    body = {
        "contact": {"externalId": "c-1", "name": f"{name} 고객"},
        "externalMessageId": "m-1",
        "content": "언제 와요?",
    }
    with httpx.Client(base_url=f"{server.url}/api/v1/channel", headers=headers, timeout=60, trust_env=False) as erp:
        conversation = ask(erp, "POST", "/messages", body).json()["conversationId"]
        path = f"/conversations/{conversation}/messages"
        sent = team.ask("POST", path, clientMessageId=str(uuid.uuid4()), content="내일 가요.")
        message = sent["messages"][0]["id"]
        ask(erp, "PATCH", f"/messages/{message}/status", {"status": "failed", "error": "번호가 없음"})
        desk.go(f"/c/{conversation}", view="all")
        log = page.get_by_role("log")
        expect(log).to_contain_text("메시지를 전달하지 못했어요: 번호가 없음")
        expect(page.locator(f'.rows [data-id="{conversation}"]')).to_contain_text(name)
        expect(page.locator("inbox-beside dl").first).to_contain_text(name)
        log.get_by_role("button", name="다시 보내기").click()
        expect(log.locator(".status.failed")).to_have_count(0)
        worker.drain()
        assert [one.event["data"]["attempt"] for one in receiver.got][-1] == 2
        desk.go("/settings/channels")
        card(desk, name).get_by_role("button", name="키 없애기").click()
        page.get_by_role("dialog").get_by_role("button", name="키 없애기").click()
        expect(card(desk, name)).to_contain_text("키가 없어서")
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            ask(erp, "POST", "/messages", body)
    card(desk, name).get_by_role("button", name="삭제").click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()
    expect(card(desk, name)).to_have_count(0)
    entry = desk.go("/audit").page.locator(".audit > li")
    expect(entry.first).to_contain_text(f"API 채널 “{name}” 삭제")
    expect(entry.nth(1)).to_contain_text("키")


def test_a_failed_job_is_tried_again_or_given_up(desk: Screen, root: Connection[Any], worker: Worker) -> None:
    def dead() -> str:
        made = root.execute(
            "insert into public.chat_jobs (kind, payload, state, attempts, max_attempts, last_error)"
            " values ('rules', %s, 'dead', 5, 5, 'upstream_unavailable') returning id",
            [json.dumps({"activity_id": str(uuid.uuid4())})],
        ).fetchone()
        assert made is not None
        return str(made[0])

    first, second = dead(), dead()
    page = desk.go("/settings/jobs").page
    one = page.locator(f'[data-job="{first}"]')
    expect(one).to_contain_text("upstream_unavailable")
    one.get_by_role("button", name="다시 실행").click()
    expect(one).to_have_count(0)
    worker.drain()
    page.locator(f'[data-job="{second}"]').get_by_role("button", name="버리기").click()
    page.get_by_role("dialog").get_by_role("button", name="버리기").click()
    expect(page.get_by_text("실패한 작업이 없어요.")).to_be_visible()
    assert root.execute("select count(*) from public.chat_jobs where id = any(%s)", [[first, second]]).fetchone() == (
        0,
    )


def test_a_rating_stands_in_the_conversation_and_beside_it(
    desk: Screen, new_customer: NewCustomer, team: Team, worker: Worker
) -> None:
    customer = new_customer()
    team.change(customer, status="completed")
    worker.drain()
    customer._ask("PUT", f"/conversations/{customer.conversation}/rating", {"score": 4, "comment": "빨라서 좋았어요"})
    page = desk.go(f"/c/{customer.conversation}", view="all").page
    for place in (page.locator(".log .rated"), page.locator("inbox-beside dl").first):
        expect(place).to_contain_text("★★★★☆")
        expect(place).to_contain_text("빨라서 좋았어요")


def test_agents_do_not_see_them(new_screen: NewScreen) -> None:
    page = new_screen().go("/waiting").page
    for name in ("자동화 규칙", "웹훅", "API 채널", "실패한 작업"):
        expect(page.locator("inbox-nav").get_by_role("link", name=name)).to_have_count(0)


def test_axe_finds_nothing_in_them(
    new_screen: NewScreen, new_customer: NewCustomer, admin: Person, hook: str, team: Team, worker: Worker
) -> None:
    new_customer()
    team.ask("POST", f"/webhooks/{hook}/test")
    worker.drain()
    rule = team.ask("GET", "/rules")["rules"][1]["id"]
    screen = new_screen(admin, **STILL).go("/settings/rules")
    page = screen.page
    paths = ("rules", f"rules/{rule}", f"rules/{rule}/try", f"rules/{rule}/runs", "webhooks", f"webhooks/{hook}")
    for path in (*paths, "channels", "jobs"):
        screen.walk(f"/settings/{path}")
        expect(page.locator(".sheet > :nth-child(2):not([role=status])")).to_be_attached()
        if path.endswith("/try"):
            page.locator(".found button").first.click()
            expect(page.locator(".tried")).to_be_visible()
        assert faults(screen) == [], path
