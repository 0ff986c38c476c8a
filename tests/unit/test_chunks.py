"""An article in pieces: readable, under its headings, never cut inside a sentence, whatever Markdown it is."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.markdown import html_of, is_readable
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
        st.sampled_from([*"#>-*_`[]()!|<>\\~ \n\t가나a1.", "```", "\n\n", "| - |\n", "<div>", "<!--", "](x)"]),
        max_size=120,
    ).map("".join)
)
def test_whatever_is_thrown_at_it(body: str) -> None:
    for one in chunks_of("제목", body):
        assert one.text.strip()
        assert len(one.text) <= 4000
        assert len(one.title_path) <= 1000
    assert set(re.findall(r"</?([a-z0-9]*)", html_of(body))) <= _TAGS


@pytest.mark.parametrize("piece", ["[", "<!--", "`", "> ", "- ", "**a ", "[a](", "|", "![[", "\\", "a_"])
def test_what_would_take_long_to_read_is_refused(piece: str) -> None:
    """Bounded by steps of the process, not by a clock on the wall: others are at work here, too."""
    body = (piece * 50_000)[:50_000]
    if is_readable(body):
        before = time.process_time()
        html_of(body)
        assert time.process_time() - before < 20
    else:
        assert piece[0] in "[<!"


def test_what_is_shipped_is_cut_into_readable_pieces() -> None:
    found = [piece for entry in shipped_entries() for piece in chunks_of(entry.title, entry.body)]
    assert len(found) > 43
    assert all(len(one.text) <= LONGEST for one in found)
    assert not [one.text for one in found if re.search(r"\*\*|\]\(|^#", one.text)]
