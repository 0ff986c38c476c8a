"""Results in words, and as JSON: what goes to stdout at the end."""

import json
from typing import Any

from scripts.backfilling.loop import Report
from scripts.backfilling.rules import REASONS, Rules
from scripts.backfilling.survey import Survey
from scripts.backfilling.verify import Verdict


def machine(result: dict[str, Any]) -> str:
    """One JSON object, whole."""
    return json.dumps(result, ensure_ascii=False, indent=2)


def survey_lines(survey: Survey) -> list[str]:
    """The histogram of a dry run."""
    lines = [
        (
            f"{survey.rows:,} messages would be written, {survey.quarantined:,} rows left, "
            f"{survey.full:,} full conversations completed."
        ),
        "Messages by type, shape of their content and what becomes of them:",
    ]
    for (kind, shape, outcome), rows in sorted(survey.messages.items()):
        lines.append(f"  {rows:>12,}  {kind:<8}  {shape:<34}  {outcome}")
        if outcome.startswith("left:"):
            lines.append(f"{'':16}{_meaning(outcome)}, e.g. {', '.join(survey.samples[kind, shape, outcome])}")
    if survey.beside:
        lines.append(f"Of {survey.beside:,} of them JSON is kept beside the payload: it has no place in today's shape.")
    lines.append("Conversations by status and what becomes of it:")
    for (status, outcome, ownerless), rows in sorted(survey.conversations.items()):
        lines.append(f"  {rows:>12,}  {status:<12}  {outcome}{'  (of nobody)' if ownerless else ''}")
    return lines


def _meaning(outcome: str) -> str:
    return REASONS[outcome.removeprefix("left: ")].meaning


def reads_lines(found: dict[str, Any]) -> list[str]:
    """Both policies side by side."""
    lines = [f"{found['conversations']:,} conversations, {found['unread']:,} unread messages of the bot."]
    for name, effect in found["policies"].items():
        lines.append(
            f"  --policy {name:<13} writes {effect['rows']:,} markers, hides {effect['unread_hidden']:,} unread ones, "
            f"shows {effect['read_shown_again']:,} read ones as unread again"
        )
    return lines


def report_lines(report: Report) -> list[str]:
    """What a run did."""
    rate = report.rows / max(report.seconds, 0.001)
    took = f"{report.batches:,} batches, {report.seconds:.1f} s ({rate:,.0f} rows/s)"
    return [
        f"{report.step}: {report.rows:,} rows in {took}.",
        f"Longest batch {report.longest_batch_ms:.0f} ms, {report.retries} tried again, {report.vacuums} vacuums.",
        *([f"{report.full:,} conversations hold 5,000 messages and were completed."] if report.full else []),
        *([f"{report.quarantined:,} rows are in quarantine: `verify` says why."] if report.quarantined else []),
        *([f"{report.unaccounted:,} rows are not accounted for."] if report.unaccounted else []),
    ]


def verdict_lines(verdict: Verdict) -> list[str]:
    """What `verify` found."""
    lines = [
        f"{verdict.messages:,} messages: {verdict.carried_over:,} carried over, {verdict.quarantined:,} in quarantine."
    ]
    for reason in verdict.reasons:
        known = REASONS[reason["reason"]]
        lines.append(f"  {reason['rows']:>12,} {reason['of']:<13}  {reason['reason']}: {known.meaning}")
        lines.append(f"{'':16}released by a rule like --map {known.example}")
    if verdict.json_texts:
        lines.append(
            f"{verdict.json_texts:,} messages still hold the legacy client's JSON text: when it has stopped, "
            "run `messages --apply` once more."
        )
    for name, entry in verdict.broken.items():
        lines.append(f"WRONG  {entry['rows']:>6,}  {name}, e.g. {', '.join(entry['samples'])}")
    if not verdict.broken:
        lines.append("Every rule holds.")
    return lines


def rules_lines(rules: Rules) -> list[str]:
    """The rules that hold."""
    return [f"--map {subject}={outcome}" for subject, outcome in sorted(rules.items())] or ["There are no rules."]


def undo_lines(counts: dict[str, int], *, done: bool) -> list[str]:
    """What the way back does, or did."""
    told = [f"  {rows:>12,}  {_UNDONE[name]}" for name, rows in counts.items()]
    if done:
        return ["Undone: the database is as the legacy client would have it.", *told]
    return [
        "With --apply the database becomes what the legacy client would have:",
        *told,
        "Columns, triggers, functions and tables of the expand half go, and its history. Nothing was changed.",
    ]


_UNDONE = {
    "texts": "texts get back what they were",
    "times": "times get back what they were",
    "statuses": "statuses get back what they were",
    "owners": "conversations belong to nobody again",
    "open": "conversations of the new application get the legacy client's word for open",
    "empty": "chips and forms of the new application get their JSON as text",
    "inquiries": "inquiries are kept in the schema munui_undone",
}
