"""Reading a JSON body: media type, size, syntax, then the model.

Belongs here: everything about a body before its meaning. Does not belong here: what a field may say (the
models).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Never, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from service.core.errors import FieldError, Invalid, MalformedJson, PayloadTooLarge, UnsupportedMediaType

Model = TypeVar("Model", bound=BaseModel)
Read = TypeVar("Read")

KIB = 1024
GENERAL_MAX = 64 * KIB
_DEEPEST = 32
_MOST_ERRORS = 50
_LONGEST_FIELD = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def json_body(model: type[Model], *, max_bytes: int = GENERAL_MAX) -> Model:
    """The body of this request as `model`. Sizes are in bytes.

    Raises UnsupportedMediaType, PayloadTooLarge, MalformedJson, and Invalid with one error a faulty field.
    Where something must be decided between syntax and meaning, use `json_object` and `validated` one by one.
    """
    return validated(model, json_object(max_bytes=max_bytes))


def json_object(*, max_bytes: int = GENERAL_MAX) -> dict[str, Any]:
    """The body of this request as a JSON object.

    Raises UnsupportedMediaType, PayloadTooLarge, MalformedJson.
    """
    _check_media_type()
    return _parse(_read(max_bytes))


def has_body() -> bool:
    """Whether this request brings a body at all, with or without its length said."""
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def validated(model: type[Model], body: dict[str, Any]) -> Model:
    """`body` as `model`. Raises Invalid with all of its faults, one a field, which is named as the sender wrote it."""
    faults = {_shown(path): "must not hold U+0000 or lone surrogates" for path in _unstorable(body)}
    made: Model | None = None
    # One name that cannot be encoded would hide every other fault from pydantic.
    readable = _with_storable_names(body) if faults else body
    try:
        made = model.model_validate(readable)
    except ValidationError as error:
        for fault in field_errors(error, readable):
            faults.setdefault(fault.field, fault.message)
    if made is None or faults:
        raise Invalid(errors=[FieldError(*fault) for fault in islice(faults.items(), _MOST_ERRORS)])
    return made


def with_more(error: Invalid, faults: Iterable[FieldError]) -> Invalid:
    """`error` with more faults of the same body, one a field."""
    more = {_shown([fault.field]): fault.message for fault in faults}
    told = more | {fault.field: fault.message for fault in error.errors}
    first = [fault.field for fault in error.errors]
    return Invalid(errors=[FieldError(field, told[field]) for field in dict.fromkeys([*first, *more])][:_MOST_ERRORS])


def field_errors(error: ValidationError, given: Any) -> list[FieldError]:
    """The faults pydantic found in `given`, without the values themselves."""
    faults = error.errors(include_url=False, include_input=False)
    return [FieldError(_shown(_written_path(fault["loc"], given)), _told(fault)) for fault in faults[:_MOST_ERRORS]]


def _told(fault: ErrorDetails) -> str:
    if fault["type"] == "union_tag_invalid":
        # pydantic's own sentence repeats what was sent.
        return f"Input should be one of {fault['ctx']['expected_tags']}"
    return fault["msg"].removeprefix("Value error, ")


def _check_media_type() -> None:
    encoding = request.headers.get("Content-Encoding", "identity")
    if request.mimetype != "application/json" or encoding != "identity":
        raise UnsupportedMediaType
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("JSON is UTF-8")


def _read(max_bytes: int) -> bytes:
    # Also holds a body that does not say its length. Werkzeug cuts such a one off without a word, so one byte
    # more is read, to see that there was more.
    request.max_content_length = max_bytes + 1
    if request.content_length is not None and request.content_length > max_bytes:
        raise PayloadTooLarge(f"At most {max_bytes} bytes")
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise PayloadTooLarge(f"At most {max_bytes} bytes") from None
    except (ClientDisconnected, OSError):
        raise MalformedJson("The body is incomplete") from None
    if len(body) > max_bytes:
        raise PayloadTooLarge(f"At most {max_bytes} bytes")
    return body


def _parse(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    # A UnicodeDecodeError and a number of too many digits are ValueErrors as well.
    except (ValueError, RecursionError):
        raise MalformedJson("The body is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise MalformedJson("The body must be a JSON object")
    if _depth(parsed) > _DEEPEST:
        raise MalformedJson(f"The body is nested deeper than {_DEEPEST} levels")
    return parsed


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate key")
    return made


def _refuse_constant(name: str) -> Never:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _depth(root: Any) -> int:
    deepest, level = 0, [root]
    while level:
        deepest += 1
        level = [child for node in level for child in _children(node)]
    return deepest


def _children(node: Any) -> list[Any]:
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [value for value in values if isinstance(value, (dict, list))]


def _unstorable(root: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of texts that no database column takes. Depth is bounded by `_parse`."""
    if isinstance(root, str):
        if _is_unstorable(root):
            yield path
    elif isinstance(root, dict):
        for key, value in root.items():
            if _is_unstorable(key):
                yield (*path, key)
            yield from _unstorable(value, (*path, key))
    elif isinstance(root, list):
        for index, value in enumerate(root):
            yield from _unstorable(value, (*path, index))


def _with_storable_names(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _with_storable_names(value) for key, value in node.items() if not _is_unstorable(key)}
    return [_with_storable_names(value) for value in node] if isinstance(node, list) else node


def _is_unstorable(text: str) -> bool:
    return _UNSTORABLE.search(text) is not None


def _written_path(location: Sequence[str | int], given: Any) -> tuple[str | int, ...]:
    """A location without the names of union branches, which pydantic puts in but nobody wrote."""
    path: list[str | int] = []
    node = given
    for position, part in enumerate(location):
        try:
            node = node[part]
        except (LookupError, TypeError):
            if position < len(location) - 1:
                continue
        path.append(part)
    return tuple(path)


def _shown(path: Sequence[str | int]) -> str:
    dotted = ".".join(str(part) for part in path)[:_LONGEST_FIELD]
    return dotted.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def body_of(model: type[Model], raw: dict[str, Any], refuse: Callable[[], object]) -> Model:
    """`raw` as `model`. Where it is not valid, `refuse` raises what comes before a 422, if anything does.

    Raises Invalid with all of its faults.
    """
    return first_refused(lambda: validated(model, raw), refuse)


def first_refused(read: Callable[[], Read], refuse: Callable[[], object]) -> Read:
    """What `read` reads of the request. Where that is not valid, `refuse` raises what comes before a 422."""
    try:
        return read()
    except Invalid:
        # The database finds it not valid either, but names one fault.
        with suppress(Invalid):
            refuse()
        raise
