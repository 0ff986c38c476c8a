"""`make bench`: starts a local Supabase of its own, measures, prints tables, writes JSON, a picture and query plans.

Exit codes: 0 measured (whatever the figures say), 1 failed, 2 wrong use.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from scripts.bench import (
    document,
    growth,
    inbox,
    jobs,
    live,
    machine,
    own_time,
    page,
    picture,
    report,
    rls,
    rules,
    search,
    throughput,
    turn,
)
from scripts.bench.filling import Filling
from scripts.bench.members import sign_up
from scripts.bench.options import SECTIONS, Options, parse
from scripts.bench.targets import Target, targets
from scripts.local import LocalStack, StackError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and return its exit code."""
    options = parse(arguments)
    started = time.perf_counter()
    try:
        with LocalStack(options.root, durable=options.durable, fresh=True) as stack:
            result = _measure(stack, options, time.perf_counter() - started)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 1
    result = _earlier(options) | result
    reached = targets(result)
    result["targets"] = [one.to_json() for one in reached]
    result["took_s"] = round(time.perf_counter() - started)
    _write(result, reached, options)
    report.show(result, reached)
    return 0


def _measure(stack: LocalStack, options: Options, start: float) -> dict[str, Any]:
    described = machine.describe(stack) | {"sections": list(options.sections)}
    result: dict[str, Any] = {"machine": described, "start": {"fresh_s": round(start, 2)}}
    result["start"] |= {"again_s": round(_restart(stack), 2)}
    # A database that has seen some use, with statistics: an empty one is planned for as if it stayed empty.
    Filling(stack.db_url).grow(options.rows[0])
    world = growth.World(stack, options)
    sections: dict[str, Callable[[], dict[str, Any]]] = {
        "turn": lambda: turn.measure(stack, options),
        "own": lambda: own_time.measure(stack, sign_up(stack), turns=options.turns * 12, warm_up=options.warm_up),
        "throughput": lambda: throughput.measure(stack, options),
        "live": lambda: live.measure(stack, options),
        "rules": lambda: rules.measure(stack, options),
        "jobs": lambda: jobs.measure(stack, options),
        "page": lambda: page.measure(stack, options),
        "inbox": lambda: inbox.measure(stack, options),
        "growth": lambda: growth.measure(stack, options, world),
        "rls": lambda: rls.measure(stack, options, world.grown_to(options.rows[-1])),
        # Last: its million would be in everybody's way.
        "search": lambda: search.measure(stack, options),
    }
    for name, measure in sections.items():
        if name in options.sections:
            _say(f"{name} …")
            result[name] = measure()
            _keep(result, options)
    result["machine"]["load_after"] = machine.load()
    return result


def _earlier(options: Options) -> dict[str, Any]:
    """What an earlier run wrote of the sections that this one left out."""
    path = options.out / "latest.json"
    if options.sections == SECTIONS or not path.exists():
        return {}
    earlier: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return earlier


def _keep(result: dict[str, Any], options: Options) -> None:
    """What is measured so far: a later section that fails loses none of it."""
    options.out.mkdir(parents=True, exist_ok=True)
    partial = options.out / "partial.json"
    partial.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _restart(stack: LocalStack) -> float:
    started = time.perf_counter()
    stack.stop()
    stack.start()
    return time.perf_counter() - started


def _write(result: dict[str, Any], reached: list[Target], options: Options) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (options.out / "latest.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "partial.json").unlink(missing_ok=True)
    (options.out / "latest.txt").write_text(report.as_text(result, reached), encoding="utf-8")
    if options.document.exists():
        document.update(options.document, result, reached)
    if "turn" in result:
        (options.out / "turn.svg").write_text(picture.turn_svg(result), encoding="utf-8")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
