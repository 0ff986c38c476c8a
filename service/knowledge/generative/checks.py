"""What a model's answer must be before anybody sees a word of it.

Belongs here: each check and its name. Does not belong here: what is done about a fault (`thinking.py`).

They look at letters and not at meaning: a sentence that says something else in the words of its quote passes. So the
quote is shown with it, and answers word for word from articles stay what is shipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.core.blank import is_blank
from service.core.text import is_storable
from service.dialogue.knowledge import forbidden
from service.knowledge.generative import figures
from service.knowledge.generative.cleaning import gives_orders, squeezed, visible
from service.knowledge.generative.draft import Draft, Sentence
from service.knowledge.generative.languages import script_of
from service.knowledge.generative.material import Passage
from service.knowledge.generative.prompt import Prompt
from service.knowledge.instructions import Instructions

MOST_SENTENCES = 8
LONGEST_SENTENCE = 400
LONGEST_ANSWER = 1_200
# A quote that is shorter says nothing, unless it is all that there is.
SHORTEST_QUOTE = 4
# How much of a sentence's pairs of letters must be in its passage, where both are of one script: none is about
# something else. A paraphrase in other words keeps about a fifth.
LEAST_SHARED = 0.15
# So many letters in a row that stand in what the model is told, and not in the passage, are nobody's to read.
LONGEST_TOLD = 16


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a word for machines, a sentence for the model and for admins."""

    code: str
    told: str


def faults_of(draft: Draft, prompt: Prompt, wanted: Instructions) -> list[Fault]:
    """All that is wrong with an answer. None for one of another action: nothing of it is shown."""
    if draft.action != "answer":
        return []
    return list(_of_answer(draft, prompt, wanted))


def may_be_linked(text: str, wanted: Instructions) -> bool:
    """Whether every address in a text is among those that admins allow."""
    return all(figures.is_allowed(address, wanted.allowed_links) for address in figures.addresses(text))


def _of_answer(draft: Draft, prompt: Prompt, wanted: Instructions) -> Iterator[Fault]:
    sentences = draft.sentences
    if not sentences:
        yield Fault("empty", 'An "answer" needs at least one sentence.')
        return
    if len(sentences) > MOST_SENTENCES or sum(len(one.text) for one in sentences) > LONGEST_ANSWER:
        yield Fault("too_long", f"At most {MOST_SENTENCES} sentences and {LONGEST_ANSWER} characters.")
    for number, sentence in enumerate(sentences, 1):
        for code, told in _of_sentence(sentence, prompt, wanted):
            yield Fault(code, f"Sentence {number}: {told}")
    whole = " ".join(one.text for one in sentences)
    if forbidden(wanted.forbidden_topics, whole) is not None:
        yield Fault("forbidden_topic", "It speaks of a topic that it must not speak of.")
    if (script := script_of(whole)) != prompt.script:
        yield Fault("wrong_language", f"It is written in {script} letters; the question is in {prompt.script}.")


def _of_sentence(sentence: Sentence, prompt: Prompt, wanted: Instructions) -> Iterator[tuple[str, str]]:
    text, quote = sentence.text, squeezed(sentence.quote)
    if is_blank(text) or not is_storable(text) or visible(text) != "\n".join(map(squeezed, text.strip().splitlines())):
        yield "empty", "its text shows nothing, or holds what nobody sees."
        return
    if len(text) > LONGEST_SENTENCE:
        yield "too_long", f"at most {LONGEST_SENTENCE} characters."
    passage = prompt.passages.get(sentence.chunk_id)
    if passage is None:
        yield "unknown_chunk", f"there is no passage with this id; there are {', '.join(prompt.passages)}."
        return
    if not _is_quoted(quote, passage):
        yield "quote_missing", "its quote does not stand in that passage, letter for letter."
        return
    if gives_orders(quote) or gives_orders(text):
        yield "gives_orders", "it repeats orders."
    if _repeats(text, prompt.messages[0]["content"], f"{passage.title_path} {passage.text}"):
        yield "repeats_instructions", "it repeats what only you are told."
    yield from _of_figures(text, quote)
    yield from _of_links(text, quote, wanted)
    if script_of(text) == script_of(quote):
        yield from _of_meaning(text, quote, passage)


def _is_quoted(quote: str, passage: Passage) -> bool:
    whole = squeezed(passage.text)
    return quote in whole and (len(quote) >= SHORTEST_QUOTE or quote == whole) and not is_blank(quote)


def _repeats(text: str, told: str, written: str) -> bool:
    letters, secret, known = _letters(text), _letters(told), _letters(written)
    pieces = (letters[place : place + LONGEST_TOLD] for place in range(len(letters) - LONGEST_TOLD + 1))
    return any(piece in secret and piece not in known for piece in pieces)


def _of_figures(text: str, quote: str) -> Iterator[tuple[str, str]]:
    quoted = figures.figures(quote)
    if missing := figures.figures(text) - quoted:
        yield "number_not_quoted", f"its quote does not say {', '.join(sorted(missing))}."
    elif script_of(text) == script_of(quote) == "hangul" and (wrong := _miscounted(text, quote)):
        yield "number_not_quoted", f"its quote counts something else than {', '.join(sorted(wrong))}."
    elif changed := _other_measure(text, quote):
        yield "number_not_quoted", f"its quote measures something else by {', '.join(sorted(changed))}."
    if figures.number_words(text) - figures.number_words(quote) - quoted:
        yield "number_not_quoted", "its quote does not say a number that is written out in it."


def _other_measure(text: str, quote: str) -> set[str]:
    """Numbers that are of one thing in the quote and of another in the text."""
    quoted = figures.measured(quote)
    known = {number for number, _ in quoted}
    return {number for number, unit in figures.measured(text) - quoted if number in known}


def _miscounted(text: str, quote: str) -> set[str]:
    said, quoted = figures.counted(text), figures.counted(quote)
    # What the quote says nothing behind may be followed by anything.
    known = {digit for digit, _ in quoted}
    return {f"{digit}{unit}" for digit, unit in said - quoted if digit in known}


def _of_links(text: str, quote: str, wanted: Instructions) -> Iterator[tuple[str, str]]:
    for address in figures.addresses(text):
        if address not in quote:
            yield "link_not_quoted", "its quote does not say an address that is in it."
        elif not figures.is_allowed(address, wanted.allowed_links):
            yield "link_not_allowed", "it has an address that must not be given; leave it out."
    if any(one not in quote for one in figures.mails(text)):
        yield "link_not_quoted", "its quote does not say a mail address that is in it."


def _of_meaning(text: str, quote: str, passage: Passage) -> Iterator[tuple[str, str]]:
    if figures.says_no(text) != figures.says_no(quote):
        yield "negated", "it denies what its quote says, or the reverse; quote only the words that say it."
    said = _pairs(text)
    if said and len(said & (_pairs(passage.text) | _pairs(passage.title_path))) < LEAST_SHARED * len(said):
        yield "unsupported", "its passage is about something else."


def _pairs(text: str) -> set[str]:
    letters = _letters(text)
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
