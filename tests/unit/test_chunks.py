"""An article in pieces: readable, under its headings, never cut inside a sentence, whatever Markdown it is."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.markdown import html_of, is_readable, words_of_html
from service.knowledge.articles.chunks import LONGEST, Chunk, chunks_of
from service.knowledge.articles.imports.shipped import shipped_entries

# What Markdown can say.
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def texts(body: str) -> list[str]:
    return [one.text for one in chunks_of("제목", body)]


def test_pieces_stand_under_their_headings() -> None:
    body = "# 제목\n\n처음\n\n## 배송\n\n하나\n\n### 제주\n\n둘\n\n## 환불\n\n셋\n\n## 빈 곳\n"
    assert chunks_of("제목", body) == [
        Chunk("제목", "처음"), Chunk("제목 > 배송", "하나"), Chunk("제목 > 배송 > 제주", "둘"),
        Chunk("제목 > 환불", "셋"),
    ]  # fmt: skip


READ_AS = {
    "**굵게** _기울여_ `코드` ~~지움~~": "굵게 기울여 코드 지움",
    "[주문 내역](https://shop.example/orders) <https://a.example> [메일](mailto:a@b.example)": (
        "주문 내역 (https://shop.example/orders) https://a.example 메일 (mailto:a@b.example)"
    ),
    "[나쁜](javascript:alert(1)) ![그림의 말](x.png)": "나쁜 그림의 말",
    "하나<br>둘\\\n셋\n넷": "하나\n둘\n셋 넷",
    "<b>굵게</b> <!-- 비밀 -->끝": "굵게 끝",
    "<div>\n글 <script>alert(1)</script>\n</div>": "글",
    "- 하나\n- 둘\n  1. 안\n  2. 밖\n- 셋": "- 하나\n- 둘\n  1. 안\n  2. 밖\n- 셋",
    "3. 셋\n4. 넷": "3. 셋\n4. 넷",
    "| 지역 | 요금 |\n|---|---|\n| 제주 | 3,000원<br>왕복 |": "지역 | 요금\n제주 | 3,000원 왕복",
    "> 인용": "인용",
    "```\nE-4012\n  x\n```": "E-4012\n  x",
}


@pytest.mark.parametrize("body", READ_AS)
def test_a_piece_is_what_somebody_reads(body: str) -> None:
    assert texts(body) == [READ_AS[body]]


def test_a_long_section_is_cut_where_sentences_end() -> None:
    sentences = [f"{number}번째 문장은 이렇게 끝나요." for number in range(200)]
    found = texts(" ".join(sentences))
    assert all(len(one) <= LONGEST for one in found)
    assert " ".join(found).split(". ") == " ".join(sentences).split(". ")
    assert all(one.endswith("끝나요.") for one in found)


def test_each_piece_of_a_long_table_begins_with_its_header() -> None:
    rows = "\n".join(f"| 지역 {number} | {number},000원 |" for number in range(100))
    found = texts(f"| 지역 | 요금 |\n|--|--|\n{rows}")
    assert len(found) > 1
    assert {one.split("\n")[0] for one in found} == {"지역 | 요금"}
    assert sum(one.count("지역 ") for one in found) == 100 + len(found)


def test_the_same_piece_twice_is_one() -> None:
    assert texts("## 가\n\n글\n\n## 가\n\n글") == ["글"]


@pytest.mark.tried("fuzz")
@given(
    st.lists(
        st.sampled_from([*'#>-*_`[]()!|<>\\~"= \n\t가나a1.', "```", "\n\n", "| - |\n", "<div>", "<!--", "<![", "](x)"]),
        max_size=120,
    ).map("".join)
)
def test_whatever_is_thrown_at_it(body: str) -> None:
    for one in chunks_of("제목", body):
        assert one.text.strip()
        assert len(one.text) <= 4000
        assert len(one.title_path) <= 1000
    assert set(re.findall(r"</?([a-z0-9]*)", html_of(body))) <= _TAGS


# What a body begins with, and what it is filled up with; the dearest that were found take two seconds.
_DEAR = [
    *(("", piece) for piece in ("[", "<", "<!--", "`", "> ", "- ", "**a ", "*_", "~~a", "[a](", "|", "![[", "\\")),
    *(("", piece) for piece in ("x\n", "1) a\n", "- a\n\n", "> - > - a\n", "|a|\n|-|\n", "&amp;", "[a]: b\n")),
    (">" * 1000 + "a\n", "b\n"),
    ("> - " * 25 + "a\n", "b\n"),
    ("|".join("a" * 2000) + "\n" + "|".join("-" * 2000) + "\n", "b\n"),
    ("<" * 3000, "a"),
    ("[" * 3000, "a"),
    ("<div>" + "<a " * 2900, "b "),
    ("<div>" + '<a b="' * 2900, "c"),
    ("<script>" + "</script " * 2900, "a"),
]


@pytest.mark.parametrize(("begin", "piece"), _DEAR, ids=range(len(_DEAR)))
def test_what_would_take_long_to_read_is_refused(begin: str, piece: str) -> None:
    """Bounded by steps of the process, not by a clock on the wall: others are at work here, too."""
    body = (begin + piece * 50_000)[:50_000]
    if is_readable(body):
        before = time.process_time()
        html_of(body)
        chunks_of("제목", body)
        assert time.process_time() - before < 20
    else:
        assert piece[0] in "[<!"


@pytest.mark.parametrize("piece", ["<a ", '<a b="', "</a ", "<!x", "<![x", "<?", "<a/"])
def test_html_is_read_in_one_pass(piece: str) -> None:
    before = time.process_time()
    words_of_html("<p>" + piece * 100_000)
    assert time.process_time() - before < 20


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>하나<br>둘<p>셋</p>", "하나\n둘\n셋"),
        ("<b>굵은</b> 글<!-- 쪽지 -->씨", "굵은 글씨"),
        ("글<script>a<b>c</script>자<template><p>틀</p></template>", "글자"),
        ("글<style>p{}</style><title>제목</title><noscript>없음</noscript>자", "글자"),
        ("<textarea>적은 <b>글</b></textarea>", "적은 글"),
        ("<div><![x", "<![x"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<ul><li>하나<li>둘</ul>", "하나\n둘"),
    ],
)
def test_of_html_its_words_stay(html: str, words: str) -> None:
    assert words_of_html(html) == words


def test_what_is_shipped_is_cut_into_readable_pieces() -> None:
    found = [piece for entry in shipped_entries() for piece in chunks_of(entry.title, entry.body)]
    assert len(found) > 43
    assert all(len(one.text) <= LONGEST for one in found)
    assert not [one.text for one in found if re.search(r"\*\*|\]\(|^#", one.text)]
