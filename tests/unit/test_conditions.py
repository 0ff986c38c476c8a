"""What a condition means: every op on every kind of value, all eight cases of three, and whatever else there may be."""

from __future__ import annotations

import itertools
import math
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.activities.rules.conditions import Facts, clock, explained, holds
from service.activities.rules.facts import changes_of
from service.activities.rules.models import DEEPEST, ChangedRuleBody, RuleBody
from service.activities.rules.reading import condition_of
from service.core.errors import Invalid
from service.http.json_body import validated

THERE = Facts(
    values={
        "message.content": "배송이 언제 오나요?",
        "conversation.labels": ["환불", "VIP"],
        "conversation.priority": "high",
        "contact.email": "Hana@Example.com",
        "contact.isGuest": True,
        "page.url": "",
        "conversation.locale": None,
    },
    attributes={"plan": "Gold", "age": 30, "rate": 2.50, "tags": ["a", 1], "deep": {"x": 1}, "none": None, "no": False},
    form={"topic": "returns", "consent": True},
    changes={"conversation.priority": ("low", "high"), "conversation.labels": (["옛"], ["환불"])},
    minutes={"conversation.waiting": 10.0},
)
NFD = unicodedata.normalize("NFD", "환불")


def condition(of: Any) -> Any:
    return condition_of({"condition": of})


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(("field", "op", "value", "expected"), [
    # text
    ("message.content", "contains", "언제", True),
    ("message.content", "contains", "어제", False),
    ("message.content", "is", " 배송이 언제 오나요? ", True),
    ("contact.email", "is", "hana@example.com", True),
    ("contact.email", "isNot", "hana@example.com", False),
    ("contact.email", "in", ["x@y.z", "HANA@example.com"], True),
    ("contact.email", "in", ["x@y.z"], False),
    # lists
    ("conversation.labels", "is", NFD, True),
    ("conversation.labels", "is", "환", False),
    ("conversation.labels", "contains", "vip", True),
    ("conversation.labels", "contains", "vi", False),
    ("conversation.labels", "isNot", "배송", True),
    ("conversation.labels", "isNot", "환불", False),
    ("conversation.labels", "in", ["배송", "환불"], True),
    ("contact.attributes.tags", "is", 1, True),
    ("contact.attributes.tags", "is", "1", True),
    # numbers and truth values, as one would write them
    ("contact.attributes.age", "is", 30, True),
    ("contact.attributes.age", "is", "30", True),
    ("contact.attributes.age", "is", 30.0, True),
    ("contact.attributes.age", "contains", 3, True),
    ("contact.attributes.rate", "is", 2.5, True),
    ("contact.isGuest", "is", True, True),
    ("contact.isGuest", "is", "true", True),
    ("contact.isGuest", "is", False, False),
    ("contact.isGuest", "is", 1, False),
    ("contact.attributes.no", "is", False, True),
    ("form.consent", "is", True, True),
    ("form.topic", "in", ["returns", "shipping"], True),
    # what is missing, empty or has no text
    ("conversation.locale", "is", "ko", False),
    ("conversation.locale", "isNot", "ko", True),
    ("conversation.locale", "contains", "k", False),
    ("conversation.locale", "in", ["ko"], False),
    ("contact.attributes.nothing", "isNot", "x", True),
    ("contact.attributes.none", "present", None, False),
    ("contact.attributes.none", "present", False, True),
    ("contact.attributes.no", "present", None, True),
    ("contact.attributes.deep", "is", "x", False),
    ("contact.attributes.deep", "isNot", "x", True),
    ("contact.attributes.deep", "present", None, True),
    ("page.url", "present", None, False),
    ("message.role", "present", None, False),
    ("conversation.labels", "present", None, True),
    ("form.topic", "present", None, True),
    # what happened, and how long something lasts
    ("conversation.priority", "changedTo", "high", True),
    ("conversation.priority", "changedFrom", "low", True),
    ("conversation.priority", "changedFrom", "high", False),
    ("conversation.labels", "changedTo", "환불", True),
    ("conversation.labels", "changedFrom", "옛", True),
    ("conversation.status", "changedTo", "open", False),
    ("conversation.waiting", "olderThan", 10, True),
    ("conversation.waiting", "olderThan", 11, False),
    ("conversation.silence", "olderThan", 1, False),
])  # fmt: skip
def test_every_op_on_every_kind_of_value(field: str, op: str, value: Any, expected: bool) -> None:
    assert holds(condition(leaf(field, op, value)), THERE) is expected


def test_one_or_another_and_not_a_third() -> None:
    when = condition({"all": [
        {"any": [leaf("form.a", "is", "1"), leaf("form.b", "is", "1")]}, {"not": leaf("form.c", "is", "1")},
    ]})  # fmt: skip
    for a, b, c in itertools.product((True, False), repeat=3):
        facts = Facts(form={"a": int(a), "b": int(b), "c": int(c)})
        assert holds(when, facts) is ((a or b) and not c), (a, b, c)


def test_without_a_condition_it_is_always_and_groups_may_be_empty() -> None:
    assert holds(condition(None), Facts())
    assert holds(condition({"all": []}), Facts())
    assert not holds(condition({"any": []}), Facts())


VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False),
        st.sampled_from(["", "a", "A", "b", "1", "true", "가"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
SCALARS = st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "A ", "b", "1", "true", "가"]) | st.just(2.5)
LEAVES = st.one_of(
    st.builds(
        leaf, st.sampled_from(["form.x", "contact.attributes.x", "conversation.labels"]),
        st.sampled_from(["is", "isNot", "contains"]), SCALARS,
    ),
    st.builds(leaf, st.just("form.x"), st.just("in"), st.lists(SCALARS, min_size=1, max_size=3)),
    st.builds(leaf, st.sampled_from(["form.x", "page.url"]), st.just("present"), st.booleans()),
    st.builds(leaf, st.just("conversation.status"), st.sampled_from(["changedFrom", "changedTo"]), SCALARS),
    st.builds(leaf, st.just("conversation.waiting"), st.just("olderThan"), st.integers(1, 5)),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=8,
)
FACTS = st.builds(
    Facts,
    values=st.dictionaries(st.sampled_from(["conversation.labels", "page.url"]), VALUES),
    attributes=st.dictionaries(st.just("x"), VALUES),
    form=st.dictionaries(st.just("x"), VALUES),
    changes=st.dictionaries(st.just("conversation.status"), st.tuples(VALUES, VALUES)),
    minutes=st.dictionaries(st.just("conversation.waiting"), st.floats(0, 6)),
)


def naively(of: dict[str, Any], facts: Facts) -> bool:
    """The same, as one would say it: a condition is what it says, of the words that one would write."""
    if "all" in of:
        return False not in [naively(one, facts) for one in of["all"]]
    if "any" in of:
        return True in [naively(one, facts) for one in of["any"]]
    if "not" in of:
        return naively(of["not"], facts) is False
    name, op, wanted = of["field"], of["op"], of["value"]
    if op == "olderThan":
        return name in facts.minutes and not facts.minutes[name] < wanted
    if op.startswith("changed"):
        before, after = facts.changes.get(name, (None, None))
        value = before if op == "changedFrom" else after
    else:
        where = {"form": facts.form, "contact": facts.attributes}.get(name.split(".")[0])
        value = facts.values.get(name) if where is None else where.get("x")
    if op == "present":
        return (value not in (None, [], {}) and not (isinstance(value, str) and not value.strip())) is wanted
    mine = [words(one) for one in (value if isinstance(value, list) else [value]) if words(one) is not None]
    if op == "contains" and not isinstance(value, list):
        return any(words(wanted) in one for one in mine)
    hit = any(words(one) in mine for one in (wanted if op == "in" else [wanted]))
    return not hit if op == "isNot" else hit


def words(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == math.floor(value):
        value = int(value)
    if isinstance(value, int | float):
        return repr(value)
    return unicodedata.normalize("NFC", value).strip().casefold() if isinstance(value, str) else None


@given(CONDITIONS, FACTS)
def test_it_agrees_with_a_naive_reading_of_it(of: dict[str, Any], facts: Facts) -> None:
    read = condition(of)
    assert holds(read, facts) is naively(of, facts)
    told = list(explained(read, facts))
    assert (told[0].place, told[0].holds) == ("when", holds(read, facts))


@given(CONDITIONS)
def test_nothing_that_is_missing_is_an_error(of: dict[str, Any]) -> None:
    assert isinstance(holds(condition(of), Facts()), bool)


WAITING, SILENCE = (
    leaf(f"conversation.{name}", "olderThan", minutes) for name, minutes in (("waiting", 10), ("silence", 60))
)


@pytest.mark.parametrize(("when", "minutes"), [
    (None, {}),
    (WAITING, {"conversation.waiting": 10}),
    ({"all": [WAITING, leaf("conversation.waiting", "olderThan", 5), {"any": [SILENCE]}]},
     {"conversation.waiting": 5, "conversation.silence": 60}),
    ({"not": WAITING}, {}),
    (leaf("hours.isOpen", "is", value="true"), {}),
])  # fmt: skip
def test_the_clock_looks_at_what_lasts(when: Any, minutes: dict[str, int]) -> None:
    assert clock(condition(when)) == minutes


@pytest.mark.parametrize(("kind", "data", "field", "changed"), [
    ("conversation.completed", {}, "conversation.status", ("open", "completed")),
    ("conversation.reopened", {}, "conversation.status", ("completed", "open")),
    ("conversation.opened", {}, "conversation.status", (None, "open")),
    ("conversation.handed_over", {"handling": "waiting"}, "conversation.handling", ("bot", "waiting")),
    ("conversation.handed_over", {"handling": "bot"}, "conversation.handling", (None, "bot")),
    ("conversation.assigned", {"assigneeId": "a", "formerId": None}, "conversation.handling", (None, "agent")),
    ("conversation.assigned", {"assigneeId": "a", "formerId": "b"}, "conversation.handling", None),
    ("conversation.unassigned", {"formerId": "b"}, "conversation.handling", ("agent", None)),
    ("conversation.labelled", {"added": ["a"], "removed": []}, "conversation.labels", ([], ["a"])),
    ("conversation.prioritised", {"priority": "high", "former": "low"}, "conversation.priority", ("low", "high")),
    ("message.created", {}, "conversation.status", None),
])  # fmt: skip
def test_what_an_activity_changed(kind: str, data: dict[str, Any], field: str, changed: Any) -> None:
    assert changes_of({"type": kind, "data": data}).get(field) == changed
    assert changes_of(None) == {}


GOOD = {"name": "이름", "on": ["message.created"], "then": [{"type": "complete"}]}


def nested(depth: int) -> dict[str, Any]:
    return {"not": nested(depth - 1)} if depth > 1 else leaf("page.url", "present")


@pytest.mark.parametrize(("changed", "places"), [
    ({"name": " "}, ["name"]),
    ({"on": ["message.deleted"]}, ["on.0"]),
    ({"on": []}, ["on"]),
    ({"on": [], "when": {"not": WAITING}}, ["on"]),
    ({"then": []}, ["then"]),
    ({"then": [{"type": "shout"}]}, ["then.0"]),
    ({"then": [{"type": "sendMessage"}, {"type": "snooze", "minutes": 0}]}, ["then.0.content", "then.1.minutes"]),
    ({"then": [{"type": "setPriority", "priority": "huge"}]}, ["then.0.priority"]),
    ({"then": [{"type": "assign", "operatorId": "me"}]}, ["then.0.operatorId"]),
    ({"when": {}}, ["when"]),
    ({"when": []}, ["when"]),
    ({"when": {"all": [leaf("page.url", "present"), {"any": [leaf("page.url", "like", "x")]}]}}, ["when.all.1.any.0"]),
    ({"when": {"all": [leaf("page.title", "is", "x")]}}, ["when.all.0.field"]),
    ({"when": {"not": {"not": {"field": "page.url", "op": "is"}}}}, ["when.not.not.value"]),
    ({"when": leaf("page.url", "in", [])}, ["when.value"]),
    ({"when": leaf("page.url", "is", {"a": 1})}, ["when.value"]),
    ({"when": leaf("page.url", "olderThan", 1)}, ["when.field"]),
    ({"when": leaf("conversation.waiting", "olderThan", 0)}, ["when.value"]),
    ({"when": leaf("page.url", "changedTo", "x")}, ["when.field"]),
    ({"when": {"all": [], "more": 1}}, ["when.more"]),
    ({"when": nested(DEEPEST + 1)}, ["when"]),
    ({"when": {"all": [{"any": [leaf("page.url", "present")] * 40}] * 3}}, ["when"]),
    ({"colour": "red"}, ["colour"]),
])  # fmt: skip
def test_every_fault_is_named_with_its_place(changed: dict[str, Any], places: list[str]) -> None:
    try:
        faults = validated(RuleBody, {**GOOD, **changed}).misfits
    except Invalid as error:
        faults = list(error.errors)
    assert sorted({fault.field for fault in faults}) == places


def test_what_is_good_is_kept_as_it_was_written() -> None:
    when = {"all": [WAITING, leaf("conversation.labels", "in", ["환불", 3])]}
    body = validated(RuleBody, {**GOOD, "when": when})
    assert body.misfits == []
    assert body.values == {
        "name": "이름", "types": ["message.created"], "actions": [{"type": "complete"}], "condition": when,
        "waiting_minutes": 10, "silence_minutes": None,
    }  # fmt: skip
    assert validated(RuleBody, {**GOOD, "when": nested(DEEPEST)}).misfits == []
    assert validated(ChangedRuleBody, {"isActive": False}).values == {"is_active": False}
