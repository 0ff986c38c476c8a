"""Carries the legacy client's rows over: `python scripts/backfill.py rules|messages|reads|verify|undo`, or with -m.

The command line only; the work is in `scripts/backfilling`. Without --apply nothing is changed. Exit codes: 0 done,
1 failed, 2 wrong use, 3 rows are in quarantine, 4 counts do not match.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from psycopg import Connection

from scripts.backfilling import jobs, results
from scripts.backfilling.errors import BackfillError
from scripts.backfilling.loop import run
from scripts.backfilling.messages import Messages
from scripts.backfilling.pace import Limits
from scripts.backfilling.reads import POLICIES, Reads
from scripts.backfilling.rules import Rules, check_effect, keep, merged, parse, withdraw
from scripts.backfilling.session import alone, connect, is_contracted
from scripts.backfilling.show import Show
from scripts.backfilling.survey import survey_messages, survey_reads
from scripts.backfilling.undo import finish, foretell, undo
from scripts.backfilling.verify import verify
from scripts.migrations.errors import UsageError
from scripts.target import database_url

QUARANTINE, MISMATCH = 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        url = database_url(chosen.database_url)
        with connect(url, read_only=not chosen.apply) as connection:
            return _run(connection, chosen)
    except UsageError as error:
        _say(str(error))
        return 2
    except BackfillError as error:
        _say(str(error))
    except psycopg.Error as error:
        _say(f"The database refused: {error.diag.message_primary or str(error).strip()}")
    except KeyboardInterrupt:
        _say("Interrupted: the batch under way was rolled back. The same command goes on from here.")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="backfill", description="Carry the legacy client's rows over, in batches.")
    steps = parser.add_subparsers(dest="step", required=True)
    for name, purpose in (
        ("rules", "show what was said about rows that explain nothing themselves; with --map or --withdraw change it"),
        ("messages", "type to role, kind, payload, places, owners and ids"),
        ("reads", "is_read to read markers"),
        ("verify", "is everything accounted for, and right?"),
        ("undo", "the way back before the contract migrations: as the legacy client left it"),
    ):
        step = steps.add_parser(name, help=purpose, description=purpose)
        step.add_argument("--database-url", metavar="URL", help="default: SUPABASE_DB_URL")
        step.add_argument("--json", action="store_true", help="the result as JSON, progress as JSON lines on stderr")
        step.set_defaults(apply=False, policy="first-unread", keep_content=False, map=[], withdraw=[])
        if name in {"rules", "messages", "reads"}:
            step.add_argument("--map", action="append", metavar="RULE", help="subject=outcome, or a JSON file")
        if name != "verify":
            step.add_argument("--apply", action="store_true", help="without it nothing is changed")
        if name == "rules":
            step.add_argument("--withdraw", action="append", metavar="SUBJECT", help="forget a rule")
        if name == "reads":
            step.add_argument("--policy", choices=POLICIES, default="first-unread")
        if name == "messages":
            step.add_argument(
                "--keep-content",
                action="store_true",
                help="leave the JSON text of chips and forms to the legacy client",
            )
        _add_limits(step)
    return parser


def _add_limits(step: argparse.ArgumentParser) -> None:
    usual = Limits()
    group = step.add_argument_group("limits")
    group.add_argument("--target-ms", type=float, default=usual.target_ms, help="of a batch's locks")
    group.add_argument("--longest-ms", type=int, default=usual.longest_ms, help="of a batch: then it is rolled back")
    group.add_argument("--lock-ms", type=int, default=usual.lock_ms, help="to wait for a lock")
    group.add_argument("--attempts", type=int, default=usual.attempts, help="of a batch")
    group.add_argument("--batch", type=int, default=usual.largest, metavar="ROWS", help="the largest batch")
    group.add_argument("--hold-waiters", type=int, default=usual.waiters, help="sessions waiting for locks")
    group.add_argument("--hold-transaction", type=float, default=usual.transaction_seconds, metavar="S")
    group.add_argument("--hold-seconds", type=float, default=usual.hold_seconds, help="then the run ends")
    group.add_argument("--vacuum-rows", type=int, default=usual.vacuum_rows, help="between two VACUUMs")
    group.add_argument("--wait", type=float, default=10.0, metavar="S", help="for a copy that was killed to vanish")


def _limits(chosen: argparse.Namespace) -> Limits:
    if min(chosen.target_ms, chosen.longest_ms, chosen.lock_ms, chosen.attempts, chosen.batch, chosen.vacuum_rows) < 1:
        raise UsageError("Limits must be 1 or more.")
    return Limits(
        target_ms=chosen.target_ms,
        longest_ms=chosen.longest_ms,
        lock_ms=chosen.lock_ms,
        attempts=chosen.attempts,
        largest=chosen.batch,
        waiters=chosen.hold_waiters,
        transaction_seconds=chosen.hold_transaction,
        hold_seconds=chosen.hold_seconds,
        vacuum_rows=chosen.vacuum_rows,
    )


def _run(connection: Connection[Any], chosen: argparse.Namespace) -> int:
    given, limits = parse(chosen.map), _limits(chosen)
    if chosen.step == "undo":
        return _undo(connection, chosen)
    if is_contracted(connection):
        _print(
            chosen, {"step": chosen.step, "contracted": True}, ["Everything is carried over and contracted already."]
        )
        return 0
    if chosen.step == "verify":
        return _verify(connection, chosen)
    rules = merged(connection, given)
    if chosen.step == "rules":
        check_effect(connection, given)
        return _rules(connection, chosen, given, rules)
    step = Reads(chosen.policy, rules) if chosen.step == "reads" else Messages(rules, clear=not chosen.keep_content)
    if not chosen.apply:
        check_effect(connection, given)
        return _dry_run(connection, chosen, step)
    with alone(connection, chosen.wait):
        jobs.check(connection, step)
        check_effect(connection, given)
        if isinstance(step, Reads) and Messages(rules).unaccounted(connection):
            raise BackfillError("Markers need places. First run: python -m scripts.backfill messages --apply")
        keep(connection, given)
        report = run(connection, step, limits, Show(machine=chosen.json))
    _print(chosen, asdict(report), results.report_lines(report))
    return MISMATCH if report.unaccounted else QUARANTINE if report.quarantined else 0


def _rules(connection: Connection[Any], chosen: argparse.Namespace, given: Rules, rules: Rules) -> int:
    if chosen.apply:
        with alone(connection, chosen.wait), connection.transaction():
            keep(connection, given)
            withdraw(connection, chosen.withdraw)
    shown = {subject: outcome for subject, outcome in rules.items() if subject not in chosen.withdraw}
    _print(chosen, {"step": "rules", "applied": chosen.apply, "rules": shown}, results.rules_lines(shown))
    if not chosen.apply and (given or chosen.withdraw) and not chosen.json:
        print("Nothing was changed. Run it with --apply to do it.")
    return 0


def _dry_run(connection: Connection[Any], chosen: argparse.Namespace, step: Messages | Reads) -> int:
    if isinstance(step, Messages):
        survey = survey_messages(connection, step)
        _print(chosen, {"step": "messages", "applied": False, **survey.to_json()}, results.survey_lines(survey))
    else:
        found = survey_reads(connection, step)
        _print(chosen, {"step": "reads", "applied": False, **found}, results.reads_lines(found))
    if not chosen.json:
        print("Nothing was changed. Run it with --apply to do it.")
    return 0


def _verify(connection: Connection[Any], chosen: argparse.Namespace) -> int:
    verdict = verify(connection)
    _print(chosen, {"step": "verify", **asdict(verdict)}, results.verdict_lines(verdict))
    return MISMATCH if verdict.broken else QUARANTINE if verdict.in_quarantine else 0


def _undo(connection: Connection[Any], chosen: argparse.Namespace) -> int:
    if chosen.apply and finish(connection):
        _print(chosen, {"step": "undo", "applied": True}, ["Undone: the rest of what was begun."])
        return 0
    if is_contracted(connection):
        raise BackfillError("The contract step is done: the way back is the backup.")
    if not chosen.apply:
        found = foretell(connection)
        _print(chosen, {"step": "undo", "applied": False, **found}, results.undo_lines(found, done=False))
        return 0
    with alone(connection, chosen.wait):
        done = undo(connection)
    _print(chosen, {"step": "undo", "applied": True, **done}, results.undo_lines(done, done=True))
    return 0


def _print(chosen: argparse.Namespace, result: dict[str, Any], lines: list[str]) -> None:
    print(results.machine(result) if chosen.json else "\n".join(lines))


def _say(sentence: str) -> None:
    print(f"backfill: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
