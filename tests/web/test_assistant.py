"""The assistant's settings, its try-out, and what was answered, as the API has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.articles import QUESTION, TEXT, TITLE, UNKNOWN, an_article
from tests.stack import Member, connect
from tests.web.apps import stack_app
from tests.web.chat import Api, through_app
from tests.web.desk import Desk, add_operator

PATH = "/assistant"


@pytest.fixture(scope="module")
def accounts(stack: LocalStack, new_member: Callable[[], Member]) -> dict[str, Member]:
    """An admin and an agent."""
    made = {"admin": new_member(), "agent": new_member()}
    with connect(stack, autocommit=True) as db:
        for role, one in made.items():
            add_operator(db, one, role, display_name=role)
    return made


@pytest.fixture
def admin(app: Flask, accounts: dict[str, Member]) -> Desk:
    return Desk(through_app(app), accounts["admin"].access_token)


@pytest.fixture
def agent(app: Flask, accounts: dict[str, Member]) -> Desk:
    return Desk(through_app(app), accounts["agent"].access_token)


@pytest.fixture(scope="module")
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """The one article that answers QUESTION."""
    with connect(stack, autocommit=True) as db, an_article(db) as made:
        yield made


def everything(db: Connection[Any]) -> dict[str, Any]:
    """How many rows every table has."""
    names = db.execute("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
    return {name: db.execute(f"select count(*) from public.{name}").fetchone()[0] for (name,) in names.fetchall()}


def read(desk: Desk) -> dict[str, Any]:
    body: dict[str, Any] = desk.inbox("GET", PATH).body
    return body


def test_a_change_is_a_version_that_holds_at_once(admin: Desk, agent: Desk, root: Connection[Any]) -> None:
    # As it is shipped: each of these is another.
    admin.inbox("POST", f"{PATH}/versions/1/restore")
    before = read(agent)
    changes = {
        "mode": "generative",
        "tone": " 짧은 해요체 ",
        "forbiddenTopics": ["의료 상담", "의료 상담", "주식"],
        "handover": {"when": "화가 났을 때", "words": {"ko": "상담원을 부를게요.", "en": ""}},
        "allowedLinks": ["https://shop.example/help"],
        "budgets": {"memberDay": 0, "projectMonth": 5_000_000},
    }
    saved = admin.inbox("PUT", PATH, {**changes, "ifVersion": before["version"]})
    assert saved.status == 200
    assert (saved.body["version"], saved.body["by"]["name"]) == (before["version"] + 1, "admin")
    wanted = {**changes, "tone": "짧은 해요체", "forbiddenTopics": ["의료 상담", "주식"]}
    assert {name: saved.body[name] for name in wanted} == wanted
    # What was left out is as it was.
    assert saved.body["rules"] == before["rules"]
    assert read(agent) == saved.body
    told, now = root.execute("select public.kb_assistant_told(), public.kb_assistant_now()").fetchone()
    assert told == {
        "version": saved.body["version"],
        "mode": "generative",
        "forbidden_topics": ["의료 상담", "주식"],
        "handover_words": {"ko": "상담원을 부를게요.", "en": ""},
    }
    assert now["budgets"] == {"member_day": 0, "project_month": 5_000_000}
    # Neither who saves the same again makes a version, nor does the audit tell of it.
    entries = "select count(*) from public.chat_activities where data ->> 'what' = 'assistant'"
    count = root.execute(entries).fetchone()
    assert admin.inbox("PUT", PATH, changes).body == saved.body
    assert root.execute(entries).fetchone() == count
    (entry, *_) = admin.inbox("GET", "/audit").body["entries"]
    assert (entry["what"], entry["name"]) == ("assistant", str(saved.body["version"]))
    assert {one["field"]: one["to"] for one in entry["changes"]} == {
        "mode": "generative", "tone": "짧은 해요체", "forbiddenTopics": ["의료 상담", "주식"],
        "handoverWhen": "화가 났을 때", "handoverKo": "상담원을 부를게요.", "allowedLinks": ["https://shop.example/help"],
        "memberDay": 0, "projectMonth": 5_000_000,
    }  # fmt: skip


def test_nobody_saves_over_what_they_have_not_seen(admin: Desk) -> None:
    seen = read(admin)["version"]
    theirs = admin.inbox("PUT", PATH, {"rules": f"그사이 {seen}", "ifVersion": seen}).body
    mine = {"rules": "내 것", "ifVersion": seen}
    refused = admin.inbox("PUT", PATH, mine)
    assert refused.refusal == (409, "settings_changed")
    assert refused.body["current"] == {name: theirs[name] for name in refused.body["current"]}
    assert admin.inbox("POST", f"{PATH}/versions/1/restore", {"ifVersion": seen}).refusal == (409, "settings_changed")
    # Of several who save at once from the same state, one does.
    body = {"ifVersion": theirs["version"]}
    answers = at_once([partial(admin.inbox, "PUT", PATH, {**body, "rules": f"{n}번째"}) for n in range(4)])
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


def test_an_earlier_version_comes_back_as_a_new_one(admin: Desk) -> None:
    first = read(admin)
    changed = admin.inbox("PUT", PATH, {"policy": f"{first['version']} 다음"}).body
    back = admin.inbox("POST", f"{PATH}/versions/{first['version']}/restore", {"ifVersion": changed["version"]})
    assert (back.status, back.body["version"], back.body["policy"]) == (200, first["version"] + 2, first["policy"])
    page = admin.inbox("GET", f"{PATH}/versions", limit=2).body
    assert [one["version"] for one in page["versions"]] == [back.body["version"], changed["version"]]
    rest = admin.inbox("GET", f"{PATH}/versions", cursor=page["nextCursor"]).body
    assert rest["versions"][0] == {name: first[name] for name in rest["versions"][0]}
    assert (rest["versions"][-1]["version"], rest["versions"][-1]["by"], rest["nextCursor"]) == (1, None, None)
    for unknown in ("999999", "0", "-1", "x"):
        assert admin.inbox("POST", f"{PATH}/versions/{unknown}/restore").refusal == (404, "not_found")
    assert admin.inbox("GET", f"{PATH}/versions", cursor="x").refusal == (422, "invalid")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mode": "sometimes"}, "mode"),
        ({"tone": "가" * 501}, "tone"),
        ({"rules": "가" * 4001}, "rules"),
        ({"policy": None}, "policy"),
        ({"forbiddenTopics": ["가" * 81]}, "forbiddenTopics.0"),
        ({"forbiddenTopics": [" "]}, "forbiddenTopics.0"),
        ({"forbiddenTopics": [f"주제 {n}" for n in range(51)]}, "forbiddenTopics"),
        ({"greeting": {"ko": "안녕하세요"}}, "greeting.en"),
        ({"handover": {"when": "", "words": {"ko": "", "en": "", "fr": ""}}}, "handover.words.fr"),
        ({"allowedLinks": ["http://shop.example"]}, "allowedLinks.0"),
        ({"allowedLinks": ["https://shop.example@evil.example"]}, "allowedLinks.0"),
        ({"allowedLinks": ["https://"]}, "allowedLinks.0"),
        ({"allowedLinks": ["https://[::1"]}, "allowedLinks.0"),
        ({"budgets": {"memberDay": -1, "projectMonth": 0}}, "budgets.memberDay"),
        ({"budgets": {"memberDay": 0, "projectMonth": 10**12 + 1}}, "budgets.projectMonth"),
        ({"budgets": {"memberDay": 0.5, "projectMonth": 0}}, "budgets.memberDay"),
        ({"ifVersion": "1"}, "ifVersion"),
    ],
)
def test_settings_that_are_none(admin: Desk, body: dict[str, Any], field: str) -> None:
    before = read(admin)
    refused = admin.inbox("PUT", PATH, body)
    assert refused.refusal == (422, "invalid")
    assert [fault["field"] for fault in refused.body["errors"]] == [field]
    draft = {name: value for name, value in body.items() if name != "ifVersion"}
    if draft:
        tried = admin.inbox("POST", f"{PATH}/try", {"question": QUESTION, "settings": draft})
        assert [fault["field"] for fault in tried.body["errors"]] == [f"settings.{field}"]
    assert read(admin) == before


def test_the_longest_settings_are_kept_and_told_of(admin: Desk) -> None:
    longest = {
        "tone": "\U0001f98a" * 500,
        "policy": "\U0001f98a" * 4000,
        # What takes most bytes where JSON is written.
        "rules": "끝" + "\x01" * 3998 + "끝",
        "forbiddenTopics": [f"{n:02}{'여' * 78}" for n in range(50)],
        "greeting": {"ko": "가" * 500, "en": '"' * 500},
        "handover": {"when": "\U0001f98a" * 4000, "words": {"ko": "\\" * 500, "en": "나" * 500}},
        "allowedLinks": [f"https://shop.example/{n:02}{'a' * 277}" for n in range(50)],
    }
    saved = admin.inbox("PUT", PATH, longest)
    assert saved.status == 200, saved.body
    assert read(admin)["policy"] == "\U0001f98a" * 4000
    (entry, *_) = admin.inbox("GET", "/audit").body["entries"]
    assert {one["field"] for one in entry["changes"]} >= {"tone", "policy", "rules", "forbiddenTopics", "handoverWhen"}


def test_what_there_is_to_work_with_is_told_without_keys_and_addresses(
    stack: LocalStack, accounts: dict[str, Member], admin: Desk
) -> None:
    nothing = {"isSetUp": False, "name": None}
    assert read(admin)["environment"] == {
        "model": nothing, "embedding": nothing, "hasPrices": False,
        "budgets": {"memberDay": None, "projectMonth": None},
    }  # fmt: skip
    app = stack_app(
        stack, ai_base_url="https://models.example/v1", ai_model="small-1", ai_api_key="sk-not-to-be-seen",
        ai_price_in=0.5, ai_budget_project_month=20.5,
    )  # fmt: skip
    answer = Desk(through_app(app), accounts["agent"].access_token).inbox("GET", PATH)
    assert answer.body["environment"] == {
        "model": {"isSetUp": True, "name": "small-1"}, "embedding": nothing, "hasPrices": True,
        "budgets": {"memberDay": None, "projectMonth": 20_500_000},
    }  # fmt: skip
    assert not any(secret in str(answer.body) for secret in ("sk-not-to-be-seen", "models.example"))


def test_a_try_shows_what_would_be_said_and_changes_nothing(
    admin: Desk, article: dict[str, Any], root: Connection[Any]
) -> None:
    before = everything(root)
    shipped = {"mode": "extractive", "forbiddenTopics": []}

    def attempt(question: str, **settings: Any) -> dict[str, Any]:
        body = {"question": question, "settings": {**shipped, **settings}}
        answer = admin.inbox("POST", f"{PATH}/try", body)
        assert (answer.status, answer.body["status"], answer.body["id"]) == (200, "done", None)
        return answer.body

    known = attempt(QUESTION)
    assert (known["outcome"], known["mode"], known["shown"]["text"]) == ("answered", "extractive", TEXT)
    (source,) = known["shown"]["sources"]
    assert (source["articleId"], source["title"], source["version"]) == (article["id"], TITLE, article["version"])
    best = known["found"][0]
    assert (best["text"], best["answerable"], 0 < best["coverage"] <= 1) == (TEXT, True, True)
    unknown = attempt(UNKNOWN)
    assert (unknown["outcome"], unknown["shown"]) == ("unknown", None)
    refused = attempt(QUESTION, forbiddenTopics=["빗자루"])
    assert (refused["outcome"], refused["reason"], refused["shown"]) == ("refused", "forbidden_topic", None)
    off = attempt(QUESTION, mode="off")
    assert (off["outcome"], off["mode"], off["found"], off["reason"]) == (None, "off", [], "off")
    # No model is set up here.
    assert attempt(QUESTION, mode="generative")["mode"] == "extractive"
    assert everything(root) == before


def test_a_guest_is_not_told_what_is_for_members(admin: Desk, root: Connection[Any]) -> None:
    with an_article(
        root,
        slug="for-members-only",
        title="회원 전용 딱따구리 우산",
        text="딱따구리 우산은 회원만 빌려요.",
        audience="members",
    ):
        question = {"question": "딱따구리 우산은 누가 빌려요?", "settings": {"mode": "extractive"}}
        outcomes = {
            audience: admin.inbox("POST", f"{PATH}/try", {**question, "audience": audience}).body["outcome"]
            for audience in ("all", "members")
        }
    assert outcomes == {"all": "unknown", "members": "answered"}


def test_what_was_answered_is_listed_counted_and_rated(
    api: Api, admin: Desk, agent: Desk, article: dict[str, Any], root: Connection[Any]
) -> None:
    admin.inbox("PUT", PATH, {"mode": "extractive", "forbiddenTopics": ["주식"]})
    # Of two days: midnight may come in between.
    totals = agent.inbox("GET", f"{PATH}/answers", days=2).body["totals"]
    answered, unknown, refused = api.begin(), api.begin(), api.begin()
    (reply,) = answered.write(QUESTION).messages[1:]
    unknown.write(UNKNOWN)
    refused.write("주식 이야기 좀 해 주세요")
    assert reply["content"] == TEXT
    assert answered.click("helpful_yes").status == 201
    page = agent.inbox("GET", f"{PATH}/answers", days=2, limit=2).body
    assert [one["conversationId"] for one in page["answers"]] == [refused.id, unknown.id]
    assert [one["outcome"] for one in page["answers"]] == ["refused", "unknown"]
    rest = agent.inbox("GET", f"{PATH}/answers", days=2, limit=1, cursor=page["nextCursor"]).body
    (entry,) = rest["answers"]
    assert rest["totals"] is None
    assert (entry["question"], entry["answer"], entry["helpful"]) == (QUESTION, TEXT, True)
    assert (entry["sources"][0]["title"], entry["mode"], entry["costMicros"]) == (TITLE, "extractive", 0)
    now = page["totals"]
    grown = {name: now[name] - totals[name] for name in ("questions", "answered", "unknown", "refused", "helpful")}
    assert grown == {"questions": 3, "answered": 1, "unknown": 1, "refused": 1, "helpful": 1}
    for filters, wanted in (
        ({"outcome": "unknown"}, {unknown.id}),
        ({"helpful": "yes"}, {answered.id}),
        ({"helpful": "none", "mode": "extractive"}, {unknown.id, refused.id}),
        ({"mode": "generative"}, set()),
    ):
        found = agent.inbox("GET", f"{PATH}/answers", days=2, **filters).body
        ours = {one["conversationId"] for one in found["answers"]} & {answered.id, unknown.id, refused.id}
        assert ours == wanted, filters
        # Shares are of all that was asked, however the list is narrowed; but for the way of answering.
        assert (found["totals"]["questions"] == now["questions"]) is ("generative" not in filters.values())
    long_ago = agent.inbox("GET", f"{PATH}/answers", **{"from": "2020-01-01", "to": "2020-01-31"}).body
    assert (long_ago["answers"], long_ago["totals"]["questions"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"outcome": "great"}, "outcome"),
        ({"mode": "off"}, "mode"),
        ({"helpful": "true"}, "helpful"),
        ({"days": "0"}, "days"),
        ({"days": "7", "from": "2027-01-01"}, "days"),
        ({"from": "2027-02-30"}, "from"),
        ({"from": "2027-02-01", "to": "2027-01-01"}, "from"),
        ({"from": "2020-01-01"}, "from"),
        ({"from": "2020-01-01", "to": "2027-01-01"}, "from"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_filters_that_are_none(agent: Desk, query: dict[str, str], field: str) -> None:
    refused = agent.inbox("GET", f"{PATH}/answers", **query)
    assert refused.refusal == (422, "invalid")
    assert [fault["field"] for fault in refused.body["errors"]] == [field]
