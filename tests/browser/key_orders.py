"""In which order browsers tell of keys and of a composition that an Enter ends. Data: an order more is a line more.

A step is `(what, argument)`: `compose` shows a syllable that is not final, `commit` makes it final, `down` and `up`
press and release Enter with the key code that the page is told (229: the input method has it), `shift` is Enter with
Shift, `char` is what Enter itself types. `hidden` presses Enter where the page is told 229 and that name instead of
the key's (Firefox "Process", WebKit on Linux and phones "Unidentified"), `hidden shift` likewise with Shift. What is
typed before is "안녕하세"; the syllable is "요".
"""

from __future__ import annotations

Step = tuple[str, str | int]

SYLLABLE: Step = ("compose", "요")
COMMIT: Step = ("commit", "요")
UP: Step = ("up", 13)

# Who does so -> steps, after which the message has been sent once and whole.
SENDS: dict[str, list[Step]] = {
    "no composition": [COMMIT, ("down", 13), ("char", ""), UP],
    "Chrome on macOS: one keydown, commit, break": [SYLLABLE, ("down", 229), COMMIT, ("char", ""), UP],
    "Chrome on Windows: a second keydown": [SYLLABLE, ("down", 229), COMMIT, UP, ("down", 13), ("char", ""), UP],
    "Firefox: a second keydown before a keyup": [SYLLABLE, ("down", 229), COMMIT, ("down", 13), ("char", ""), UP],
    "Safari: the commit comes before the keydown": [SYLLABLE, COMMIT, ("down", 229), ("char", ""), UP],
    "the break comes before the commit": [SYLLABLE, ("down", 229), ("char", ""), COMMIT, UP],
    "the break comes after the keyup": [SYLLABLE, ("down", 229), UP, COMMIT, ("char", "")],
    "syllable and break are one text": [SYLLABLE, ("down", 229), ("commit", "요\n"), UP],
    "likewise in Firefox": [SYLLABLE, ("hidden", "Process"), ("commit", "요\n"), UP],
    "likewise in WebKit on Linux": [SYLLABLE, ("hidden", "Unidentified"), ("commit", "요\n"), UP],
    "likewise, and no key is told at all": [SYLLABLE, ("commit", "요\n")],
    "two Enters in a row": [SYLLABLE, ("down", 229), COMMIT, ("char", ""), UP, ("down", 13), ("char", ""), UP],
    "a phone, which tells no key": [COMMIT, ("down", 229), ("char", ""), ("up", 229)],
}  # fmt: skip

# Steps that send nothing, and what stands in the input afterwards.
KEEPS: dict[str, tuple[list[Step], str]] = {
    "Japanese and Chinese: the Enter only chooses": ([SYLLABLE, ("down", 229), COMMIT, UP], "안녕하세요"),
    "Safari, likewise": ([SYLLABLE, COMMIT, ("down", 229), UP], "안녕하세요"),
    "Shift breaks the line": ([COMMIT, ("shift", 13), ("char", ""), UP], "안녕하세요\n"),
    "Shift while composing": ([SYLLABLE, ("shift", 229), COMMIT, ("char", ""), UP], "안녕하세요\n"),
    "Shift, in Firefox": ([SYLLABLE, ("hidden shift", "Process"), COMMIT, ("char", ""), UP], "안녕하세요\n"),
    "likewise, as one text": ([SYLLABLE, ("hidden shift", "Process"), ("commit", "요\n"), UP], "안녕하세요\n"),
}
