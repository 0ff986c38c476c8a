"""Whether the condition of a rule holds. No I/O, and total: nothing that is missing or odd is an error.

Belongs here: what each form means. Does not belong here: which forms there are (`forms.py`), where the facts come from
(`facts.py`).

Everything is compared as the text that one would write for it, composed, without the white space at its ends and
whatever its case: `3` is `"3"` and `true` is `"true"`. What is missing is no text: of it only `isNot` holds, and
`present` with `false`. A list holds what one of its elements is. What has no such text (an object) is present, and
nothing else holds of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.activities.rules.forms import (
    All,
    AnyOf,
    ChangedFrom,
    ChangedTo,
    Condition,
    Contains,
    In,
    Is,
    IsNot,
    Leaf,
    Not,
    OlderThan,
    Present,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions look at. A field that is not there is missing.

    `changes` are what happened, by field: what it was, and what it is now; `minutes` how long something has lasted.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    minutes: Mapping[str, float] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What a field holds; None where it is missing."""
        for prefix, own in (("contact.attributes.", self.attributes), ("form.", self.form)):
            if name.startswith(prefix):
                return own.get(name.removeprefix(prefix))
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a condition holds, by its place in the whole; and of what it looks at, what was there."""

    place: str
    holds: bool
    found: Any = None


def holds(condition: Condition | None, facts: Facts) -> bool:
    """Whether a condition holds; without one, always."""
    match condition:
        case None:
            return True
        case All():
            return all(holds(one, facts) for one in condition.all)
        case AnyOf():
            return any(holds(one, facts) for one in condition.any)
        case Not():
            return not holds(condition.not_, facts)
        case _:
            return _leaf_holds(condition, facts)


def explained(condition: Condition | None, facts: Facts, place: str = "when") -> Iterator[Finding]:
    """Each condition within a condition, from the outside in."""
    match condition:
        case None:
            return
        case All():
            inner = [(f"{place}.all.{n}", one) for n, one in enumerate(condition.all)]
        case AnyOf():
            inner = [(f"{place}.any.{n}", one) for n, one in enumerate(condition.any)]
        case Not():
            inner = [(f"{place}.not", condition.not_)]
        case _:
            yield Finding(place, _leaf_holds(condition, facts), _found(condition, facts))
            return
    yield Finding(place, holds(condition, facts))
    for deeper, one in inner:
        yield from explained(one, facts, deeper)


def clock(condition: Condition | None) -> dict[str, int]:
    """After how many minutes the clock looks at a conversation, by what lasts: the shortest that stands there.

    What stands within a `not` holds from the beginning and sets nothing off.
    """
    match condition:
        case OlderThan():
            return {condition.field: condition.value}
        case All() | AnyOf():
            found: dict[str, int] = {}
            for one in condition.all if isinstance(condition, All) else condition.any:
                for name, minutes in clock(one).items():
                    found[name] = min(minutes, found.get(name, minutes))
            return found
        case _:
            return {}


def size(condition: Condition | None) -> tuple[int, int]:
    """How many conditions there are in one, and how deep they stand."""
    match condition:
        case None:
            return 0, 0
        case All():
            inner = [size(one) for one in condition.all]
        case AnyOf():
            inner = [size(one) for one in condition.any]
        case Not():
            inner = [size(condition.not_)]
        case _:
            return 1, 1
    return 1 + sum(number for number, _ in inner), 1 + max((depth for _, depth in inner), default=0)


def _leaf_holds(leaf: Leaf, facts: Facts) -> bool:
    found = _found(leaf, facts)
    match leaf:
        case OlderThan():
            holds_so = found is not None and found >= leaf.value
        case Present():
            holds_so = _is_there(found) is leaf.value
        case IsNot():
            holds_so = not _is(found, leaf.value)
        case In():
            holds_so = any(_is(found, one) for one in leaf.value)
        case Contains() if not isinstance(found, list):
            holds_so = _has(found, leaf.value)
        case Is() | Contains() | ChangedFrom() | ChangedTo():
            holds_so = _is(found, leaf.value)
    return holds_so


def _found(leaf: Leaf, facts: Facts) -> Any:
    match leaf:
        case OlderThan():
            return facts.minutes.get(leaf.field)
        case ChangedFrom():
            return facts.changes.get(leaf.field, (None, None))[0]
        case ChangedTo():
            return facts.changes.get(leaf.field, (None, None))[1]
        case _:
            return facts.value(leaf.field)


def _is(value: Any, wanted: Any) -> bool:
    text = _text(wanted)
    return text in [_text(one) for one in (value if isinstance(value, list) else [value])]


def _has(value: Any, wanted: Any) -> bool:
    text, part = _text(value), _text(wanted)
    return text is not None and part is not None and part in text


def _is_there(value: Any) -> bool:
    return bool(value) if isinstance(value, list | dict) else _text(value) not in {None, ""}


def _text(value: Any) -> str | None:
    """A value as one would write it, fit to be compared; None for what has no such text."""
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case str():
            return unicodedata.normalize("NFC", value).strip().casefold()
        case _:
            return None
