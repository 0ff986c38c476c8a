"""From a flow file to a `Flow`, or to every fault in it at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from service.dialogue.flow import Flow
from service.dialogue.flows.checks import check
from service.dialogue.flows.source import Fault, Source, read_yaml

SHIPPED = FilePath(__file__).with_name("inquiry.yaml")


class FlowError(Exception):
    """A flow file cannot be used. `faults` are in the order of the file."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = sorted(set(faults))
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        super().__init__("\n".join([f"{name} has {count}:", *(f"  {fault}" for fault in self.faults)]))


def load_flow(path: FilePath = SHIPPED) -> Flow:
    """The flow in a YAML file.

    Raises:
        FlowError: naming every fault with its line.
        OSError: the file cannot be read.
    """
    return parse_flow(path.read_text(encoding="utf-8"), path.name)


def parse_flow(text: str, name: str = "the flow") -> Flow:
    """The flow in a YAML text.

    Raises:
        FlowError: naming every fault with its line.
    """
    source = read_yaml(text)
    if not isinstance(source.data, dict):
        if not source.faults:
            source.fault((), "holds no flow; begin with `name:`, `start:` and `steps:`")
        raise FlowError(name, source.faults)
    check(source)
    definition = _as_model(source.data)
    version = version_of(definition)
    try:
        flow = Flow.model_validate(definition | {"version": version})
    except ValidationError as error:
        _add_shape_faults(source, error)
        raise FlowError(name, source.faults) from None
    if source.faults:
        raise FlowError(name, source.faults)
    return flow


def version_of(definition: dict[str, Any]) -> str:
    """The version of a flow: 16 hexadecimal digits of the SHA-256 of its canonical JSON."""
    canonical = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _as_model(data: dict[str, Any]) -> dict[str, Any]:
    """The file's short forms, spelt out: a line's kind follows from what it holds."""
    spelt = {key: _lines(value) if key in ("otherwise", "misfit") else value for key, value in data.items()}
    if isinstance(data.get("steps"), dict):
        spelt["steps"] = {name: _step(step) for name, step in data["steps"].items()}
    if isinstance(data.get("answers"), dict):
        spelt["answers"] = {
            key: _lines(value) if key == "together" else value for key, value in data["answers"].items()
        }
    if isinstance(data.get("handover"), dict):
        spelt["handover"] = {
            key: _lines(value) if key in ("recorded", "back") else _step(value)
            for key, value in data["handover"].items()
        }
    return spelt


def _step(step: object) -> object:
    if not isinstance(step, dict):
        return step
    spelt = {key: _lines(value) if key == "say" else value for key, value in step.items()}
    if isinstance(step.get("on_text"), dict):
        spelt["on_text"] = _step(step["on_text"])
    if step.get("on_text") in ("handover", "answer"):
        spelt["on_text"] = {"effect": step["on_text"]}
    return spelt


def _lines(lines: object) -> Any:
    return [_line(line) for line in lines] if isinstance(lines, list) else lines


def _line(line: object) -> object:
    if not isinstance(line, dict):
        return line
    kind = next((kind for kind in ("chips", "form", "notice") if kind in line), "text")
    spelt = {"text" if key == "notice" else key: value for key, value in line.items()}
    return {"kind": kind} | spelt


def _add_shape_faults(source: Source, error: ValidationError) -> None:
    for fault in error.errors(include_url=False):
        path = tuple(part for part in fault["loc"] if part != "[key]")
        source.fault(path, _sentence(fault["type"], fault["msg"], fault["input"]))


def _sentence(kind: str, message: str, found: object) -> str:
    if kind == "extra_forbidden":
        return "is not known here; check its spelling or remove it"
    if kind == "missing":
        return "is missing; add it"
    if kind == "string_type":
        return _no_text(found)
    return message[0].lower() + message[1:]


def _no_text(found: object) -> str:
    """YAML makes a truth value of yes, no, on and off, a number of what looks like one, and lists of brackets."""
    if found is None:
        return "is empty; write a text"
    if isinstance(found, dict | list):
        return "is no text; put one that begins with a bracket into quotes"
    read = str(found).lower() if isinstance(found, bool) else str(found)
    return f"is no text, YAML reads it as {read}; put it into quotes"
