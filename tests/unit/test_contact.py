"""Telephone numbers and e-mail addresses: what people write is taken, and equal ones have one normal form."""

from __future__ import annotations

import pytest

from service.core.contact import normal_email, normal_phone
from service.core.errors import InvalidForm
from service.dialogue.form import check_form, normal_forms

# By how it is written: its normal form. A line here is all that another way of writing needs.
PHONES = {
    "01012345678": "+821012345678",
    "010-1234-5678": "+821012345678",
    "010.1234.5678": "+821012345678",
    "010 1234 5678": "+821012345678",
    "010–1234–5678": "+821012345678",
    "010·1234·5678": "+821012345678",
    "０１０－１２３４－５６７８": "+821012345678",
    "+82 10-1234-5678": "+821012345678",
    "+82 (0)10 1234 5678": "+821012345678",
    "0082 10 1234 5678": "+821012345678",
    "(02) 123-4567": "+8221234567",
    "02)123-4567": "+8221234567",
    "02-123-4567 내선 12": "+8221234567;ext=12",
    "02-123-4567 ext. 12": "+8221234567;ext=12",
    "1588-1234": "+8215881234",
    "+1 (202) 555-0143": "+12025550143",
}
NO_PHONES = ("12345", "010-1234-567a", "전화 주세요", "1" * 16, "+", "----------", "٠١٠١٢٣٤٥٦٧٨", "010-1234-5678 내선")
EMAILS = {
    "me@example.com": "me@example.com",
    "Me.You+shop@Example.COM": "Me.You+shop@example.com",
    "me@한글.kr": "me@xn--bj0bj06e.kr",
    "me@xn--bj0bj06e.kr": "me@xn--bj0bj06e.kr",
    "한글@한글.한국": "한글@xn--bj0bj06e.xn--3e0b707e",
    "\u1112\u1161\u11ab글@\u1112\u1161\u11ab글.한국": "한글@xn--bj0bj06e.xn--3e0b707e",
    "me@example。com": "me@example.com",
    "ｍｅ＠ｅｘａｍｐｌｅ．ｃｏｍ": "me@example.com",
}
NO_EMAILS = ("me", "me@", "@example.com", "me@example", "me@@example.com", "me@exa mple.com", "me@example..com",
             "me@exa\u200bmple.com", "<me@example.com>", "me@example.com,you@x.kr", "me@exa_mple.com")  # fmt: skip


def kept(kind: str, text: str) -> str | None:
    """What a form keeps of a field, None where it refuses it."""
    try:
        return str(check_form({"fields": [{"name": "it", "type": kind}]}, {"it": text}, "ko")["it"])
    except InvalidForm:
        return None


@pytest.mark.parametrize(
    ("kind", "written"), [*(("phone", one) for one in PHONES), *(("email", one) for one in EMAILS)]
)
def test_what_people_write_is_kept_as_it_is(kind: str, written: str) -> None:
    assert kept(kind, written) == written


@pytest.mark.parametrize(
    ("kind", "written"), [*(("phone", one) for one in NO_PHONES), *(("email", one) for one in NO_EMAILS)]
)
def test_a_slip_is_found(kind: str, written: str) -> None:
    assert kept(kind, written) is None


@pytest.mark.parametrize(("written", "normal"), PHONES.items())
def test_a_number_has_one_normal_form(written: str, normal: str) -> None:
    assert normal_phone(written) == normal
    assert normal_phone(normal) == normal


@pytest.mark.parametrize(("written", "normal"), EMAILS.items())
def test_an_address_has_one_normal_form(written: str, normal: str) -> None:
    assert normal_email(written) == normal
    assert normal_email(normal) == normal


@pytest.mark.parametrize("written", ["", "전화 주세요", "1" * 20])
def test_what_is_nobodys_number_has_none(written: str) -> None:
    assert normal_phone(written) is None


@pytest.mark.parametrize("written", ["", "me", "@example.com", "me@-a-.kr", "me@a..kr"])
def test_what_is_no_address_has_none(written: str) -> None:
    assert normal_email(written) is None


def test_normal_forms_stand_under_the_names_of_their_fields() -> None:
    fields = [{"name": "tel", "type": "phone"}, {"name": "mail", "type": "email"}, {"name": "title", "type": "text"}]
    values = {"tel": "010.1234.5678", "mail": "me@한글.kr", "title": "010-1234-5678", "consent": True}
    assert normal_forms(fields, values) == {"tel": "+821012345678", "mail": "me@xn--bj0bj06e.kr"}
    assert normal_forms(fields, {"tel": "12345678901234567890"}) == {}
