"""Files and pages as they are read for an import: whatever is in them, they are articles or a reason why not."""

from __future__ import annotations

import base64
import math
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.errors import Invalid
from service.core.markdown import html_of
from service.knowledge.articles.imports.entries import Defaults, Entry, Unusable
from service.knowledge.articles.imports.files import MOST_BYTES, File, entries_of, markdown_entry
from service.knowledge.articles.imports.readable import read_page
from service.knowledge.articles.imports.robots import robots_of
from service.knowledge.articles.imports.sites import is_same_site, locations, normal, text_of_page

DEFAULTS = Defaults()


def read(kind: str, raw: bytes) -> list[Entry]:
    return entries_of(kind, [File("a", base64.b64encode(raw).decode())], DEFAULTS)


@pytest.mark.tried("fuzz")
@pytest.mark.parametrize("kind", ["markdown", "csv"])
@given(
    raw=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from([*'question,answer;\t"\n\r-:[]{}&*!|>가a \x00', "---\n", "질문,답변\n", "\n하나,둘\n"]),
            max_size=60,
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_whatever_a_file_holds(kind: str, raw: bytes) -> None:
    for head in (b"", b"question,answer\n" if kind == "csv" else b"---\ntitle: "):
        found: list[Entry] = []
        # Whatever is wrong with it is said.
        with suppress(Invalid):
            found = read(kind, head + raw)
        assert all(one.title.strip() and one.body.strip() and "\x00" not in one.body for one in found)


FAULTY_HEADS = {
    "---\ntitle: [a\n---\nx": "front matter is no YAML: line 3",
    "---\n- a\n---\nx": "front matter must be names and values",
    "---\ntitle: {a: b}\n---\nx": "title must be a text",
    "---\nlocale: fr\n---\nx": "locale must be one of ko, en",
    "---\nstatus: live\n---\nx": "status must be one of draft, published",
    "---\nquestions: {a: b}\n---\nx": "questions must be a list",
    "---\nquestions: [[a]]\n---\nx": "questions must be a text",
    "---\ntitle: !!python/object/apply:os.system [x]\n---\nx": "title must be a text",
    "---\ntitle: a\n---\n": "has no text",
    "---\ntitle: a\n---\n![](x)": "must hold something to be read",
}


@pytest.mark.parametrize("text", FAULTY_HEADS)
def test_what_is_wrong_with_a_file_is_said(text: str) -> None:
    with pytest.raises(Unusable, match=FAULTY_HEADS[text].replace("[", r"\[")):
        markdown_entry("a.md", text, DEFAULTS)


def test_yaml_that_multiplies_itself_stays_small() -> None:
    bomb = "b0: &b0 [x, x]\n" + "".join(f"b{n + 1}: &b{n + 1} [*b{n}, *b{n}]\n" for n in range(60))
    assert markdown_entry("a.md", f"---\ntitle: 글\n{bomb}---\n본문", DEFAULTS).title == "글"


def test_a_first_heading_is_the_title_however_long_its_line() -> None:
    kept = markdown_entry("a.md", "# 제목 이에요 ##\n글이에요.", DEFAULTS)
    assert (kept.title, kept.body) == ("제목 이에요", "글이에요.")
    assert markdown_entry("이름.md", "# #\n글이에요.", DEFAULTS).title == "이름"
    before = time.process_time()
    with suppress(Unusable):
        markdown_entry("a.md", f"# a{' ' * MOST_BYTES}b", DEFAULTS)
    assert time.process_time() - before < 20


def test_a_page_is_what_somebody_reads() -> None:
    page = read_page(
        """<!doctype html><html lang=ko-KR><head><title>온기</title><style>x</style></head><body>
        <nav><a href="/a">메뉴</a></nav><main><header><h1>배송 <em>안내</em></h1></header>
        <p>평일 * 출고 &lt;script&gt; <a href="/faq#x">묻는 말</a> <a href="javascript:x">나쁜</a><br>둘째 줄</p>
        <ul><li>하나<li><p>둘</p><ol><li>안</ol></ul><p style="display: none">숨은 명령</p><p hidden>숨은</p>
        <table><tr><th>지역<th>요금 | x</tr><tr><td>제주<td><p>3,000원</tr></table>
        <details><summary>환불은?</summary>3일</details><pre>a ``` <b>b</b></pre><p>1. 하나 # 둘</p>
        <script>alert(1)</script><svg><text>x</text></svg></main><footer>끝</footer>""",
        "https://shop.example/help/",
    )
    assert (page.title, page.language, page.links) == (
        "배송 안내", "ko", ["https://shop.example/a", "https://shop.example/faq"],
    )  # fmt: skip
    assert page.markdown.split("\n\n") == [
        "평일 \\* 출고 \\<script\\> [묻는 말](https://shop.example/faq#x) 나쁜\\\n둘째 줄",
        "- 하나", "- 둘", "    1. 안", "| 지역 | 요금 \\| x |\n| --- | --- |\n| 제주 | 3,000원 |", "### 환불은?", "3일",
        "````\na ``` b\n````", "1\\. 하나 # 둘",
    ]  # fmt: skip


@pytest.mark.tried("fuzz")
@given(
    st.lists(
        st.sampled_from([
            "<p>", "</p>", "<li>", "<ul>", "</ul>", "<table>", "<tr>", "<td>", "</table>", "<a href='", "x'>", "</a>",
            "<!--", "-->", "<script>", "</script>", "<h1>", "</h2>", "<pre>", "</pre>", "<", ">", "&lt;", "&#0;", "가",
            " ", "\\", "`", "<main>", "<br>", "<details><summary>", "[x](javascript:y)", "<img src=x onerror=y>", '"',
            "<title>", "<ol>",
        ]),
        max_size=60,
    ).map("".join)
)  # fmt: skip
def test_whatever_a_page_holds_it_is_text(html: str) -> None:
    page = read_page(html, "https://shop.example/")
    shown = html_of(page.markdown)
    for word in ("<script", "<img", "<svg", 'href="javascript', "<!--"):
        assert word not in shown.lower()


@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", "<div>", "<p>x", "<", "<a href='", "<script>", "</x ", "<td>", "<li><ul>"]
)
def test_a_page_that_never_closes_anything_is_read_in_one_pass(piece: str) -> None:
    """What looks ahead again and again takes minutes for such a page; counted in work done, whoever else is at work."""
    before = time.process_time()
    read_page((piece * 100_000)[:100_000], "https://a.example/")
    assert time.process_time() - before < 10


ROBOTS = """
User-agent: *
Disallow: /

User-agent: Munui/1.0
User-agent: other
Disallow: /private*/x$
Disallow: /a
Allow: /a/b
Disallow: /가
Crawl-delay: 99
"""


def test_the_longest_rule_for_us_decides() -> None:
    robots = robots_of(ROBOTS)
    allowed = {
        path: robots.allows(f"https://shop.example{path}")
        for path in (
            "/",
            "/private/x",
            "/private-2/x",
            "/private/xy",
            "/a",
            "/a/c?d",
            "/a/b",
            "/%61",
            "/%EA%B0%80",
            "/b?x",
        )
    }
    assert [path for path, is_allowed in allowed.items() if not is_allowed] == [
        "/private/x", "/private-2/x", "/a", "/a/c?d", "/%61", "/%EA%B0%80",
    ]  # fmt: skip
    assert robots.delay == 5.0
    assert not robots_of("User-agent: *\nDisallow: /").allows("https://a.example/x")
    assert robots_of("User-agent: *\nDisallow:").allows("https://a.example/x")
    assert robots_of("User-agent: munui\nAllow: /\nUser-agent: *\nDisallow: /").allows("https://a.example/x")


@pytest.mark.tried("fuzz")
@given(
    st.lists(st.sampled_from([*"*/$#%:a가 \n", "User-agent: munui\n", "Disallow: /", "Allow: "])).map("".join),
)
def test_whatever_robots_says(text: str) -> None:
    assert robots_of(text).allows("https://a.example/x?y") in {True, False}


def test_addresses_of_one_site() -> None:
    assert normal("HTTPS://Shop.Example:443/a b#c") is None
    assert normal("HTTPS://Shop.Example:443/a?b#c") == "https://shop.example/a?b"
    assert normal("ftp://shop.example/") is normal("https://user@shop.example/") is None
    same = ("http://shop.example/x", "https://shop.example/y")
    other = ("https://www.shop.example/", "https://shop.example:8443/", "https://shop.example.evil.example/")
    assert [is_same_site(url, "https://shop.example/") for url in (*same, *other)] == [True, True, False, False, False]
    assert locations("<urlset><url><loc> https://a.example/?a=1&amp;b </loc></url></urlset>") == [
        "https://a.example/?a=1&b"
    ]
    assert locations("<html>") is None


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        ("환불".encode("euc-kr"), "text/html; charset=EUC-KR"),
        (b"<meta charset=euc-kr>" + "환불 똠".encode("cp949"), "text/html"),
        ("환불".encode(), "text/html; charset=zip"),
        ("환불".encode(), "text/html"),
    ],
)
def test_letters_of_a_page(raw: bytes, content_type: str) -> None:
    assert "환불" in text_of_page(raw, content_type)


@pytest.mark.parametrize("sitemap", [
    "<urlset><loc>" + " " * 200_000,
    "<urlset><loc>" + "\n<![CDATA[ " * 20_000,
    "<urlset>" + "<loc>" * 40_000,
    "<urlset><" + "a" * 200_000,
])  # fmt: skip
def test_a_sitemap_that_never_ends_is_read_at_once(sitemap: str) -> None:
    assert locations(sitemap) == []


def test_what_stands_around_an_address_of_a_sitemap_is_no_part_of_it() -> None:
    said = "<urlset><loc> https://a.example/?a=1&amp;b=2\n</loc><x:loc>\n<![CDATA[ https://a.example/y ]]>\n</x:loc>"
    assert locations(said) == ["https://a.example/?a=1&b=2", "https://a.example/y"]


def test_a_charset_far_behind_its_name_is_none() -> None:
    assert text_of_page("가".encode(), "text/html; charset=" + " " * 90_000 + "!") == "가"


def test_the_screen_takes_what_the_service_takes() -> None:
    inbox = Path(__file__).parents[2] / "service/static/inbox"
    says = re.search(r"MOST_BYTES = ([0-9* ]+);", (inbox / "view/articles/files.js").read_text())
    assert says
    assert math.prod(map(int, says[1].split("*"))) == MOST_BYTES
    for language in ("ko", "en"):
        hint = re.search(r'art_fault_files_size: "\D*(\d+) ?MB', (inbox / f"texts/{language}/articles.js").read_text())
        assert hint
        assert int(hint[1]) == MOST_BYTES // 1024**2
