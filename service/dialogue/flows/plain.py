"""A flow's file as plain data: what checks ask of it, whatever somebody wrote there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.dialogue.flows.source import Path


def mapping(value: object) -> dict[str, Any]:
    """`value`, or nothing where it is no mapping."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """`value`, or nothing where it is no list."""
    return value if isinstance(value, list) else []


def numbered(path: Path, lines: object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each of a list's mappings, with its path."""
    for index, line in enumerate(listed(lines)):
        yield (*path, index), mapping(line)


def asking(steps: dict[str, Any]) -> Iterator[Path]:
    """Where somebody asks for a person."""
    for name, step in steps.items():
        if asks_by_text(mapping(step)):
            yield "steps", name, "on_text"
        for path, line in numbered(("steps", name, "say"), mapping(step).get("say")):
            for index, chip in enumerate(listed(line.get("chips"))):
                if mapping(chip).get("effect") == "handover":
                    yield *path, "chips", index, "effect"


def asks_by_text(step: dict[str, Any]) -> bool:
    rule = step.get("on_text")
    return rule == "handover" or mapping(rule).get("effect") == "handover"


def completes(name: str, steps: dict[str, Any]) -> bool:
    """Whether a step ends the conversation, itself or by the steps that follow at once."""
    seen: set[str] = set()
    while name in steps and name not in seen:
        seen.add(name)
        step = mapping(steps[name])
        if step.get("complete"):
            return True
        name = str(step.get("then"))
    return False
