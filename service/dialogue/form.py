"""Checking a submitted form against the fields that were shown.

The browser is given the same patterns and sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from service.core.errors import FieldError, InvalidForm
from service.core.locale import Locale
from service.core.text import MAX_TEXT, is_storable, trim

Values = dict[str, str | bool]

MAX_VALUES_BYTES = 60_000
DEFAULT_MAXLENGTH = {"textarea": 4_000}
SHORT_MAXLENGTH = 200

# Plain enough to mean the same to Python and to JavaScript. They find slips, they do not prove an address.
PATTERNS: dict[str, str] = {
    "email": r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "phone": r"\+?[0-9][0-9 ()-]{6,18}[0-9]",
}

SENTENCES: dict[Locale, dict[str, str]] = {
    "ko": {
        "required": "필수 항목입니다.",
        "consent": "동의가 필요합니다.",
        "minlength": "{n}자 이상 입력해 주세요.",
        "maxlength": "{n}자 이하로 입력해 주세요.",
        "email": "이메일 주소를 확인해 주세요.",
        "phone": "전화번호를 확인해 주세요.",
        "select": "목록에서 골라 주세요.",
        "type": "올바르지 않은 값입니다.",
        "unknown": "양식에 없는 항목입니다.",
        "size": "내용이 너무 깁니다.",
    },
    "en": {
        "required": "This field is required.",
        "consent": "Your consent is needed.",
        "minlength": "Use at least {n} characters.",
        "maxlength": "Use at most {n} characters.",
        "email": "Check the e-mail address.",
        "phone": "Check the phone number.",
        "select": "Choose one from the list.",
        "type": "This value cannot be used.",
        "unknown": "The form has no such field.",
        "size": "This is too long.",
    },
}


def check_form(payload: Mapping[str, Any], values: Mapping[str, Any], locale: Locale) -> Values:
    """The values as they are kept: trimmed, only the fields of the form, empty ones left out.

    Args:
        payload: of the form's message, `{"fields": [...]}`.
        values: by field name, as they were sent.
        locale: the language of the sentences in the error.

    Raises:
        InvalidForm: with one error a faulty field.
    """
    kept: Values = {}
    faults: dict[str, str] = {}
    sentences = SENTENCES[locale]
    fields = {field["name"]: field for field in payload["fields"]}
    for name in values:
        if name not in fields:
            faults[name] = sentences["unknown"]
    for name, field in fields.items():
        value = values.get(name)
        fault, n = _fault(field, value)
        if fault:
            faults[name] = sentences[fault].replace("{n}", str(n))
        elif isinstance(value, bool):
            kept[name] = value
        elif value is not None and trim(value):
            kept[name] = trim(value)
    if not faults and len(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")) > MAX_VALUES_BYTES:
        longest = max(kept, key=lambda name: len(str(kept[name])))
        faults[longest] = sentences["size"]
    if faults:
        raise InvalidForm(errors=[FieldError(f"event.values.{name}", text) for name, text in faults.items()])
    return kept


def values_as_text(payload: Mapping[str, Any], values: Values) -> str:
    """What was entered, a field a line: for a form that no flow has a sentence for."""
    said = [f"{field['label']}: {values[field['name']]}" for field in payload["fields"] if field["name"] in values]
    return "\n".join(said)[:MAX_TEXT].strip() or "…"


def _fault(field: Mapping[str, Any], value: object) -> tuple[str, int]:
    """Which sentence of `SENTENCES` a value earns ("" for none), and the number in it."""
    if field["type"] == "checkbox":
        return _checkbox_fault(field, value), 0
    if value is None:
        value = ""
    if not isinstance(value, str) or not is_storable(value):
        return "type", 0
    return _text_fault(field, trim(value))


def _checkbox_fault(field: Mapping[str, Any], value: object) -> str:
    if value is not None and not isinstance(value, bool):
        return "type"
    return "consent" if field.get("required") and not value else ""


def _text_fault(field: Mapping[str, Any], text: str) -> tuple[str, int]:
    kind = field["type"]
    if not text:
        return ("required" if field.get("required") else ""), 0
    if len(text) < field.get("minlength", 0):
        return "minlength", field["minlength"]
    maxlength = field.get("maxlength", DEFAULT_MAXLENGTH.get(kind, SHORT_MAXLENGTH))
    if len(text) > maxlength:
        return "maxlength", maxlength
    if kind in PATTERNS and not re.fullmatch(PATTERNS[kind], text):
        return kind, 0
    if kind == "select" and text not in {option["value"] for option in field["options"]}:
        return "select", 0
    return "", 0
