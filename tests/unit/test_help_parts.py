"""An article taken apart: the same words, only elements that are known, links where they may lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from service.core.markdown import html_of
from service.knowledge.help.models import Tag
from service.knowledge.help.parts import parts_of

EVERYTHING = """# 가

나 **다** *라* `마` ~~바~~\\
사

3. 아
4. 자
   - 차

> 카

| 타 | 파 |
|----|:--:|
| 하 | 1 |

```js
x < 2
```

---
"""
# By what it is: Markdown, and the words of it.
ARTICLES = {
    "all that is known": (
        EVERYTHING,
        "가나 다 라 마 바\n사아자\n차\n카타파하1x < 2\n",
    ),
    "html": ("<b onclick=x>가</b> <script>alert(1)</script><img src=x onerror=y>", "가 alert(1)"),
    "links": ("[가](javascript:x) [나](https://example.com/?a=1&b=2) ![다](https://example.com/x.png)", "가 나 다"),
    "what looks like it": ("&lt;p&gt; &amp;amp; \\<br> &#0; 가 < 나", "<p> &amp; <br> \ufffd 가 < 나"),
    "nothing": ("", ""),
}


def _elements(parts: list[Any]) -> Iterator[dict[str, Any]]:
    for part in parts:
        if isinstance(part, dict):
            yield part
            yield from _elements(part["children"])


def _words(parts: list[Any]) -> str:
    return "".join(part if isinstance(part, str) else _words(part["children"]) for part in parts)


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_keeps_its_words_and_nothing_else(name: str) -> None:
    text, words = ARTICLES[name]
    parts = parts_of(html_of(text))
    assert _words(parts) == words
    elements = list(_elements(parts))
    assert {one["tag"] for one in elements} <= set(get_args(Tag))
    assert all(one.keys() <= {"tag", "children", "href", "start"} for one in elements)
    assert [one["href"] for one in elements if one["tag"] == "a"] == ["https://example.com/?a=1&b=2"] * (
        name == "links"
    )
    assert [one.get("start") for one in elements if one["tag"] == "ol"] == [3] * (name == "all that is known")
