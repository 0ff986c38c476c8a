"""For editors of flows: say what is wrong with one, or draw it.

    make flow                                     check the shipped flow
    make flow ARGS="show my.yaml --output my.svg"  draw another

A running app goes on with the flow that it has read: start it again after an edit.

Belongs here: the command line. Does not belong here: what makes a flow right (`service/dialogue/flows`).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.drawing.dot import to_dot
from scripts.local.paths import LOCAL
from service.core.locale import LOCALES
from service.dialogue.flow import Flow
from service.dialogue.flows.loader import SHIPPED, FlowError, load_flow

DONE, FAILED, WRONG_USE = 0, 1, 2
DRAWING = Path(__file__).with_name("drawing")
PICTURE = LOCAL / "flow.svg"


class DrawingError(Exception):
    """The picture cannot be made; the message says what is missing."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        flow = load_flow(options.file)
        if options.command == "show":
            _show(flow, options.output, options.locale)
        else:
            print(f"{options.file.name} is right: {len(flow.steps)} steps, version {flow.version}")
            print("A running app has it after its next start.")
    except (FlowError, DrawingError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except (OSError, UnicodeDecodeError) as error:
        print(f"{options.file} cannot be read: {error}", file=sys.stderr)
        return WRONG_USE
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flow", description="Check a flow, or draw it.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("check", "name every fault with its place"), ("show", "draw it as a picture")):
        command = commands.add_parser(name, help=text)
        command.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="the YAML file of the flow")
        if name == "show":
            command.add_argument("--output", type=Path, default=PICTURE, help="where the picture goes")
            command.add_argument("--locale", choices=LOCALES, default="ko", help="the language in it")
    return parser


def _show(flow: Flow, output: Path, locale: str) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise DrawingError("Node.js with npm is missing: install version 20 or newer.")
    if not (DRAWING / "node_modules").is_dir():
        _run([npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"], "")
    picture = _run([node, "draw.mjs"], to_dot(flow, "en" if locale == "en" else "ko"))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(picture, encoding="utf-8")
    print(f"The picture is in {output}")


def _run(command: list[str], text: str) -> str:
    done = subprocess.run(command, cwd=DRAWING, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DrawingError(f"The picture could not be drawn: {done.stderr.strip()[-500:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
