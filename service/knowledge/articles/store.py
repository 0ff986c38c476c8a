"""Saving an article: its text is cut into pieces here, and both are written in one transaction.

Belongs here: the order of the steps. Does not belong here: how it is cut (`chunks.py`), what is asked (`actions.py`).
"""

from __future__ import annotations

from uuid import UUID

from service.core.errors import SettingsChanged
from service.core.mapper import Row
from service.inbox.asking import Asking
from service.knowledge.articles import actions
from service.knowledge.articles.chunks import Chunk, chunks_of
from service.knowledge.articles.writing import slug_of

# How often a change of one part is put beside what others have written meanwhile.
_ATTEMPTS = 5


def add(asking: Asking, values: Row) -> Row:
    """Write an article; `{"article", "created"}`. Raises as `actions.save_article`."""
    named = {"slug": slug_of(values["title"]), **values}
    return actions.save_article(asking, None, named, chunks_of(values["title"], values["body"]), None, "hand")


def change(asking: Asking, article_id: UUID, values: Row, if_version: int | None, how: str = "hand") -> Row:
    """Change an article; `{"article", "created"}`. Raises as `actions.save_article`.

    Title and text are cut together. Who changes one of them alone gets the other as it is, so nobody may change that in
    between: without an `if_version` of the caller's it is read and tried again.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        chunks, seen = _cut(asking, article_id, values, if_version)
        try:
            return actions.save_article(asking, article_id, values, chunks, seen, how)
        except SettingsChanged:
            if if_version is not None or attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def restore(asking: Asking, article_id: UUID, version: int, if_version: int | None) -> Row:
    """Take an earlier text again, as a new version; `{"article", "created"}`. Raises as `actions.save_article`."""
    then = actions.read_version(asking, article_id, version)
    values = {name: then[name] for name in ("title", "body", "questions")}
    return change(asking, article_id, values, if_version, "restore")


def _cut(
    asking: Asking, article_id: UUID, values: Row, if_version: int | None
) -> tuple[list[Chunk] | None, int | None]:
    """The pieces that it has from now on (None: those of before), and the version that they are made of."""
    if "title" not in values and "body" not in values:
        return None, if_version
    if "title" in values and "body" in values:
        return chunks_of(values["title"], values["body"]), if_version
    now = actions.read_article(asking, article_id)
    whole = {**now, **values}
    return chunks_of(whole["title"], whole["body"]), now["version"] if if_version is None else if_version
