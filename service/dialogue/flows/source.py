"""Reads YAML and remembers where each thing stands, so that a fault can be named with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a flow file: where, what, and how to mend it. `line` counts from 1."""

    line: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.place}: {self.message}"


@dataclass(slots=True)
class Source:
    """Plain data from a YAML text, the line of each path in it, and the faults that reading found."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, message: str) -> None:
        """Note a fault at `path`."""
        self.faults.append(Fault(self.line_of(path), show_path(path), message))


def show_path(path: Path) -> str:
    """A path as a person writes it: `steps.more.say[0]`."""
    shown = ""
    for part in path:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}" if shown else part
    return shown or "the file"


def read_yaml(text: str) -> Source:
    """The data of a YAML text. Broken YAML and repeated keys become faults."""
    source = Source(data=None)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        source.faults.append(Fault(line, "the file", _not_yaml(str(error.problem))))
        return source
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        source.faults.append(Fault(line, "the file", "holds a character that YAML does not allow; remove it"))
        return source
    if node is not None:
        source.data = _plain(node, (), source)
    return source


def _not_yaml(problem: str) -> str:
    """What the parser found, with the remedy where we know one."""
    remedy = next((remedy for found, remedy in _REMEDIES.items() if found in problem), "")
    return f"is not YAML: {problem}{remedy and f'; {remedy}'}"


# By what the parser says; the first that fits.
_REMEDIES = {
    "'\\t'": "indent with spaces instead of a tab",
    "cannot start any token": "put a text that begins with it into quotes",
    "found undefined alias": "put a text that begins with * into quotes",
    "mapping values are not allowed": "put a text that holds a colon into quotes",
    "could not find expected ':'": "indent every line of a longer text, or put it into quotes",
    "expected <block end>": "look for a quote that ends too early, and for lines that stand too far left or right",
    "found unexpected end of stream": "close the quote that begins before",
}


def _plain(node: yaml.Node, path: Path, source: Source) -> Any:
    source.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            if key in mapping:
                line = key_node.start_mark.line + 1
                source.faults.append(Fault(line, show_path(here), "stands here a second time; give it another id"))
                continue
            mapping[key] = _plain(value_node, here, source)
            source.lines[here] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), source) for index, item in enumerate(node.value)]
    # A day is a text to people, and so is whatever else YAML knows a type for.
    return _SCALARS.construct_object(node) if node.tag in _PLAIN_TAGS else node.value


_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "bool", "int", "float", "null")}
_SCALARS = yaml.SafeLoader("")
