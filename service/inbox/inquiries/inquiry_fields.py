"""What the fields of inquiries are called, and how their values read.

Belongs here: labels for operators. Does not belong here: checking a form (`service/dialogue/form.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.conversations.known_flows import KnownFlows
from service.core.locale import Locale
from service.http.context import part
from service.site.texts import TEXTS


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of the fields of the current flow's inquiry forms, in the order of the forms, and of their options."""

    locale: Locale
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of_flow(cls, locale: Locale) -> Labels:
        """Those of the flow that runs now. Fields of older ones keep their names."""
        labels = cls(locale)
        for step in part(KnownFlows).current.tables[locale]["steps"].values():
            form = step.get("form")
            if form and form["inquiry"]:
                labels._add(form["fields"])
        return labels

    def shown(self, name: str, value: Any) -> str:
        """A value as an operator reads it."""
        texts = TEXTS[self.locale]
        if isinstance(value, bool):
            return texts["yes"] if value else texts["no"]
        if isinstance(value, str):
            return self.options.get((name, value), value)
        return "" if value is None else json.dumps(value, ensure_ascii=False)

    def listed(self, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """Name, label and text of everything that was filled in, in the order of the form, then the rest."""
        names = [name for name in self.fields if name in values]
        names += [name for name in values if name not in self.fields]
        texts = ((name, self.shown(name, values[name])) for name in names)
        return [{"name": name, "label": self.fields.get(name, name), "text": text} for name, text in texts if text]

    def _add(self, fields: list[dict[str, Any]]) -> None:
        for one in fields:
            self.fields.setdefault(one["name"], one.get("short", one["label"]))
            for option in one.get("options", ()):
                self.options.setdefault((one["name"], option["value"]), option["label"])
