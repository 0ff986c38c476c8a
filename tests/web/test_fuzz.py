"""Anything may be sent to any call: none answers with a fault of ours, and every answer is as described.

The cases come from the API's own description, good ones and bad ones. Good ones are steered to things that there are,
so that they get past "not found". MUNUI_FUZZ_EXAMPLES says how many for each call (20 by default, the same ones each
time; with the setting, other ones each time).
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from service.app import OPERATIONS
from service.http.openapi import described_path
from tests.db.articles import write_article
from tests.db.chats import add_row
from tests.stack import Member
from tests.summary import Tried
from tests.web.apps import bearer
from tests.web.channels import add_channel
from tests.web.chat import FORM, Api, Chat, at_chips, at_form, completed, through_app
from tests.web.desk import Desk, add_operator, things

EXAMPLES = int(os.environ.get("MUNUI_FUZZ_EXAMPLES", "20"))
# The description itself is where the cases come from; a call that ends the account has a test of its own.
CALLED = sorted(set(OPERATIONS) - {"openapi.document"})
FUZZED = sorted(set(CALLED) - {"me.delete"})
# What the description cannot say, such as "not blank" or "one of the two", is 422 for a body that fits it.
GOOD = ["2xx", "3xx", "401", "403", "404", "409", "422"]
# Some calls take 8 KB, and what is bad may be large as well. What has changed meanwhile is told before a 422.
BAD = ["400", "404", "405", "409", "413", "415", "422"]
# The operators' calls are many, and what they share is fuzzed with each of them.
FEWER = 3
# How many times as many are tried where none of a few good cases got past what the description cannot say.
MORE = (1, 5, 25)
# The client of these tests does not unpack answers.
PLAIN = {"Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Known:
    """Things that there are."""

    conversations: list[str]
    messages: list[str]
    chips: list[str]
    flow: str
    # Of the inbox, by the name of the parameter of a path or of the field of a body.
    desk: dict[str, list[str]]
    guest: Member
    # A channel's key; a conversation and a message that it knows.
    key: str
    outgoing: tuple[str, str]


@pytest.fixture
def known(
    app: Flask,
    member: Member,
    stranger: Member,
    guest: Member,
    new_member: Callable[[], Member],
    root: Connection[Any],
) -> Iterator[Known]:
    """Things of a member who is an operator, too. Webhooks, rules and articles are gone afterwards:
    somebody might be told."""
    api = Api(through_app(app), member.access_token)
    waiting, asked, done = at_chips(api), at_form(api), completed(api)
    root.execute("update public.chat_conversations set rating_asked_at = now() where user_id = %s", [member.id])
    rules = [row[0] for row in root.execute("select id from public.chat_rules")]
    yield Known(
        [waiting.id, waiting.id, asked.id, done.id, str(uuid.uuid4())],
        [waiting.chips, asked.form_id, asked.chips, done.chips, str(uuid.uuid4())],
        ["shipping", "write", "okay", "another"],
        api.call("GET", "/flow").body["version"],
        desk_of(root, member, stranger, new_member(), waiting),
        guest,
        *channel_of(app, member),
    )
    for table in ("chat_webhooks", "kb_articles", "kb_misses", "kb_imports"):
        root.execute(f"delete from public.{table}")
    root.execute("delete from public.chat_rules where id <> all(%s)", [rules])


def channel_of(app: Flask, admin: Member) -> tuple[str, tuple[str, str]]:
    desk = Desk(through_app(app), admin.access_token)
    channel = add_channel(desk, through_app(app))
    conversation = channel.receive().body["conversationId"]
    return channel.key, (conversation, desk.reply(conversation).messages[0]["id"])


def desk_of(
    root: Connection[Any], member: Member, colleague: Member, account: Member, chat: Chat
) -> dict[str, list[str]]:
    mine, theirs = add_operator(root, member, "admin"), add_operator(root, colleague)
    made = things(root, chat, mine, theirs, account.id)
    return {
        "noteId": [made["note"], str(uuid.uuid4())],
        "operatorId": [theirs, str(uuid.uuid4())],
        "inquiryId": [made["inquiry"], str(uuid.uuid4())],
        "cannedReplyId": [made["canned"], str(uuid.uuid4())],
        "ruleId": [made["rule"], str(uuid.uuid4())],
        "label": [made["label"]],
        "channelId": [made["channel"], str(uuid.uuid4())],
        "webhookId": [made["webhook"], str(uuid.uuid4())],
        "deliveryId": [made["delivery"], str(uuid.uuid4())],
        "jobId": [made["job"], str(uuid.uuid4())],
        "tryId": [made["try"], str(uuid.uuid4())],
        **knowledge_of(root),
        # An address of the internet, and one of this network.
        "url": ["https://8.8.8.8/hook", "http://10.0.0.1/"],
        "assigneeId": [mine, theirs],
        "userId": [account.id],
        "email": [account.email],
    }


def knowledge_of(root: Connection[Any]) -> dict[str, list[str]]:
    """An article of a language each by one name, a question that found nothing, and an import."""
    slug = f"fuzz-{uuid.uuid4()}"
    articles = [str(write_article(root, slug=slug, locale=locale)["id"]) for locale in ("ko", "en")]
    miss = add_row(root, "kb_misses", {"question": slug, "key": slug, "locale": "ko"})
    took = add_row(root, "kb_imports", {"kind": "web", "source": f"https://8.8.8.8/{slug}"})
    return {
        "articleId": [*articles, str(uuid.uuid4())],
        "slug": [slug, "none"],
        "version": ["1", "2"],
        "missId": [str(miss["id"]), str(uuid.uuid4())],
        "importId": [str(took["id"]), str(uuid.uuid4())],
    }


@pytest.fixture(scope="module")
def schema(app: Flask) -> Any:
    """The description, read once."""
    checks = {
        "positive_data_acceptance": {"expected-statuses": GOOD},
        "negative_data_rejection": {"expected-statuses": BAD},
    }
    config = schemathesis.Config.from_dict({"checks": checks})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)


@pytest.fixture
def operation(app: Flask, schema: Any, endpoint: str) -> Any:
    rule = next(app.url_map.iter_rules(endpoint))
    method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    return schema[described_path(rule.rule)][method]


def steer(case: Any, known: Known, draw: Callable[..., Any]) -> None:
    """Replace ids of a good case by ids of things that there are."""

    def one(values: list[str]) -> Any:
        return draw(st.sampled_from(values))

    if "conversationId" in case.path_parameters:
        case.path_parameters["conversationId"] = one(known.conversations)
    _steer_channel(case, known, one)
    for name in case.path_parameters.keys() & known.desk.keys():
        case.path_parameters[name] = one(known.desk[name])
    if not isinstance(case.body, dict):
        return
    _steer_desk(case.body, known, one)
    if "flowVersion" in case.body:
        case.body |= {"flowVersion": known.flow, "stepId": "write", "values": {**case.body["values"], **FORM}}
    case.body |= {name: value for name, value in _tokens(known).items() if name in case.body}
    if isinstance(case.body.get("upToMessageId"), str):
        case.body["upToMessageId"] = one(known.messages)
    _steer_event(case.body, known.messages, known, one)
    for conversation in case.body.get("conversations", ()):
        conversation["flowVersion"] = known.flow
        asked = str(uuid.uuid5(uuid.UUID(conversation["clientConversationId"]), "opening/1"))
        for event in conversation["events"]:
            _steer_event(event, [asked], known, one)


def _steer_channel(case: Any, known: Known, one: Callable[[list[str]], Any]) -> None:
    conversation, message = known.outgoing
    if "messageId" in case.path_parameters:
        case.path_parameters["messageId"] = one([message, message, str(uuid.uuid4())])
    if "conversationId" in case.path_parameters and (
        "messageId" in case.path_parameters or case.operation.path.startswith("/api/v1/channel")
    ):
        case.path_parameters["conversationId"] = one([conversation, conversation, str(uuid.uuid4())])


def _tokens(known: Known) -> dict[str, str]:
    return {"refreshToken": known.guest.refresh_token, "guestAccessToken": known.guest.access_token}


def _steer_desk(body: dict[str, Any], known: Known, one: Callable[[list[str]], Any]) -> None:
    for name in body.keys() & known.desk.keys():
        if isinstance(body[name], str):
            body[name] = one(known.desk[name])
    for name in body.keys() & {"addLabels", "removeLabels"}:
        body[name] = known.desk["label"]
    if isinstance(body.get("ruleIds"), list):
        body["ruleIds"] = [one(known.desk["ruleId"])]
    if isinstance(body.get("then"), list):
        # Off: nobody's conversation is to be changed by one.
        body |= {"on": ["note.created"], "isActive": False}
        for action in body["then"]:
            _steer_action(action, known, one)
    if isinstance(body.get("conversationId"), str):
        body["conversationId"] = one(known.conversations)
    # From which state a change begins is seldom guessed.
    if body.keys() & {"ifRev", "seenRev", "ifVersion"} and one(["theirs", "none"]) == "none":
        for name in ("ifRev", "seenRev", "ifVersion", "assigneeId", "handling", "status"):
            body.pop(name, None)


def _steer_action(action: dict[str, Any], known: Known, one: Callable[[list[str]], Any]) -> None:
    if "label" in action:
        action["label"] = known.desk["label"][0]
    if "operatorId" in action:
        action["operatorId"] = one(known.desk["assigneeId"])
    if "webhookId" in action:
        action["webhookId"] = known.desk["webhookId"][0]


def _steer_event(body: dict[str, Any], messages: list[str], known: Known, one: Callable[[list[str]], Any]) -> None:
    event = body.get("event")
    if isinstance(event, dict) and "messageId" in event:
        event["messageId"] = one(messages)
        if "chipId" in event:
            event["chipId"] = one([*known.chips, event["chipId"]])
        if "values" in event and one(["theirs", "ours"]) == "ours":
            event["values"] = {**event["values"], **FORM}


def who(endpoint: str, known: Known, member: Member) -> dict[str, str]:
    """What a call is made with: by whom it is meant for."""
    given = known.key if OPERATIONS[endpoint].needs_key else member.access_token
    return {**bearer(given), **PLAIN}


def examples_of(endpoint: str) -> int:
    """How many cases of a call."""
    return EXAMPLES // FEWER if OPERATIONS[endpoint].tag in {"Inbox", "Channel"} else EXAMPLES


def fuzz(strategy: Any, attempt: Callable[[Any, Any], None], examples: int) -> None:
    """Run `attempt` with cases of `strategy`."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize="MUNUI_FUZZ_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=strategy, data=st.data())
    def run(case: Any, data: Any) -> None:
        attempt(case, data)

    run()


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", FUZZED)
def test_good_requests(operation: Any, endpoint: str, known: Known, member: Member, tried: Tried) -> None:
    seen: Counter[int] = Counter()

    def attempt(case: Any, data: Any) -> None:
        steer(case, known, data.draw)
        answer = case.call(headers=who(endpoint, known, member))
        seen[answer.status_code] += 1
        case.validate_response(answer, excluded_checks=[ignored_auth])

    for more in MORE:
        fuzz(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), attempt, examples_of(endpoint) * more)
        if any(status < 400 for status in seen):
            break
    tried("fuzz: requests", seen.total())
    assert any(status < 400 for status in seen), seen


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", [name for name in FUZZED if OPERATIONS[name].body or OPERATIONS[name].query])
def test_bad_requests(operation: Any, endpoint: str, known: Known, member: Member, tried: Tried) -> None:
    seen: Counter[int] = Counter()

    def attempt(case: Any, data: Any) -> None:
        bad = {where for where, part in case.meta.components.items() if part.mode.is_negative}
        if "conversationId" in case.path_parameters and ParameterLocation.BODY in bad and data.draw(st.booleans()):
            case.path_parameters["conversationId"] = known.conversations[0]
            bad.discard(ParameterLocation.PATH)
        answer = case.call(headers=who(endpoint, known, member))
        seen[answer.status_code] += 1
        # The token is put right, and odd headers that nobody asked for are no fault.
        is_bad = bool(bad & {ParameterLocation.BODY, ParameterLocation.QUERY, ParameterLocation.PATH})
        excluded = [ignored_auth] if is_bad else [ignored_auth, negative_data_rejection]
        case.validate_response(answer, excluded_checks=excluded)

    fuzz(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), attempt, examples_of(endpoint))
    tried("fuzz: requests", seen.total())


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", CALLED)
def test_guests(operation: Any, endpoint: str, tried: Tried) -> None:
    seen: Counter[int] = Counter()

    def attempt(case: Any, data: Any) -> None:
        case.headers.pop("Authorization", None)
        case.cookies.clear()
        answer = case.call(headers=PLAIN)
        seen[answer.status_code] += 1
        case.validate_response(answer)
        described = OPERATIONS[endpoint]
        is_closed = described.needs_member or described.needs_key
        if is_closed or "unauthenticated" not in described.refusals:
            assert (answer.status_code == 401) == is_closed

    fuzz(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE), attempt, max(FEWER, examples_of(endpoint) // 5)
    )
    tried("fuzz: requests", seen.total())


@pytest.mark.parametrize("endpoint", ["me.delete"])
def test_the_end_of_an_account(operation: Any, member: Member) -> None:
    case = operation.Case(headers=bearer(member.access_token))
    answer = case.call()
    assert answer.status_code == 204
    case.validate_response(answer, excluded_checks=[ignored_auth])
    again = case.call()
    assert again.status_code == 401
    case.validate_response(again)
