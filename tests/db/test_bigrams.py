"""What a text is found by: the database and its twin in Python are given the same, and must say the same."""

from __future__ import annotations

import json
import random
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from service.core.bigrams import LONGEST_TOKEN, bigrams, places

VECTORS: list[dict[str, Any]] = json.loads(Path("tests/vectors/bigrams.json").read_text())
# Each alone is treated in a way of its own, so beside each other they may be in another.
PIECES = (
    "환불", "환 불", "ᄒ", "ㅋ", "ㅋㅋ", "을", "漢", "ガ", "E", "é", "ß", "Σ", "İ", "4012", "010", "1234",
    "+82", "-", "−", "–", ".", " ", "  ", "\n", "\u3000", "\u200b", "\u00a0", "\u2028", "\x1c", "_", "'", "’",
    "·", "ㆍ", "・", ":*", "&", "|", "!", "(", ")", "\\", "👍🏽", "👩\u200d👧", "\ufe0f", "\u0301", "\u3164",
    "½", "①", "㎏", "ﷺ", "ก", "ا", "𝐀", "𠀀", "🇰🇷", "%", "\U000e0041",
)  # fmt: skip


def of_database(db: Connection[Any], texts: list[str]) -> list[list[str]]:
    return [
        row[0]
        for row in db.execute(
            "select public.bigrams(t.text) from unnest(%s::text[]) with ordinality t (text, place) order by t.place",
            [texts],
        )
    ]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["about"])
def test_both_say_what_is_written_down(db: Connection[Any], vector: dict[str, Any]) -> None:
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, vector["text"])
        assert bigrams(text) == vector["tokens"]
        assert of_database(db, [text]) == [vector["tokens"]]


def test_both_say_the_same_of_chance_texts(db: Connection[Any]) -> None:
    chance = random.Random(18)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 12))) for _ in range(3000)]
    assert of_database(db, texts) == [bigrams(text) for text in texts]
    for text in texts:
        found = list(places(text))
        assert sorted({place.token for place in found}) == bigrams(text)
        assert all(place.token in bigrams(text[place.start : place.end]) for place in found)


def test_both_say_the_same_of_every_character(db: Connection[Any]) -> None:
    known = [
        chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}
    ]
    texts = [" a ".join(known[place : place + 40]) for place in range(0, len(known), 40)]
    assert of_database(db, texts) == [bigrams(text) for text in texts]


@pytest.mark.parametrize("letter", ["가", "a", "7", "7-", "가 ", " ", "ﷺ", "\u0301"])
def test_a_huge_text_is_cut(db: Connection[Any], letter: str) -> None:
    text = letter * 1_000_000
    tokens = bigrams(text)
    assert of_database(db, [text]) == [tokens]
    assert all(len(token) <= LONGEST_TOKEN for token in tokens)


def test_no_text_has_none(db: Connection[Any]) -> None:
    assert bigrams(None) == []
    assert db.execute("select public.bigrams(null)").fetchone() == ([],)
