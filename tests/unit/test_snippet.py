"""The part of a text that shows why it was found."""

from __future__ import annotations

import unicodedata

import pytest

from service.inbox.search.snippet import BEFORE, LONGEST, snippet

LONG = "앞말이 길어요. " * 40


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("환불해 주세요", ["환불"], "<mark>환불</mark>해 주세요"),
        ("환 불 해 주세요", ["환불"], "<mark>환 불</mark> 해 주세요"),
        (unicodedata.normalize("NFD", "환불해"), ["환불"], unicodedata.normalize("NFD", "<mark>환불</mark>해")),
        ("배송 조회", ["배송", "송조", "조회"], "<mark>배송 조회</mark>"),
        ("환불 요청", ["환불", "요청"], "<mark>환불 요청</mark>"),
        ("환불, 요청", ["환불", "요청"], "<mark>환불</mark>, <mark>요청</mark>"),
        ("오류 E-4012, 또 e4012", ["4012", "e", "e4012"], "오류 <mark>E-4012</mark>, 또 <mark>e4012</mark>"),
        ("E-4012", ["4012"], "E-<mark>4012</mark>"),
        ("전화 010-1234-5678요", ["01012345678"], "전화 <mark>010-1234-5678</mark>요"),
        ("<b>환불</b> & \"q\" 'a'", ["환불"], "&lt;b&gt;<mark>환불</mark>&lt;/b&gt; &amp; &#34;q&#34; &#39;a&#39;"),
        ("<mark>아님</mark> 환불", ["환불"], "&lt;mark&gt;아님&lt;/mark&gt; <mark>환불</mark>"),
        ("환불\n\n  주세요", ["환불"], "<mark>환불</mark> 주세요"),
        ("환불", [], "환불"),
        ("", ["환불"], ""),
    ],
)
def test_what_was_looked_for_is_marked_in_an_escaped_text(text: str, words: list[str], shown: str) -> None:
    assert snippet(text, words) == shown


def test_what_begins_so_is_marked_whole() -> None:
    assert snippet("It was refunded", ["refund"], ["refund"]) == "It was <mark>refunded</mark>"


def test_of_a_long_text_the_part_around_the_first_mark_is_shown() -> None:
    shown = snippet(f"{LONG}환불{LONG}", ["환불"])
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert 0 < shown.index("<mark>환불</mark>") <= BEFORE + 1
    assert len(shown) <= LONGEST + len("……<mark></mark>")


def test_a_mark_is_never_longer_than_the_part() -> None:
    shown = snippet("환불" * 1000, ["환불", "불환"])
    assert shown == f"<mark>{'환불' * (LONGEST // 2)}</mark>…"
