"""What a look at the catalogue finds, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class When(Enum):
    """How grave a finding is."""

    # Nothing is changed while it is there.
    STOPS = "stops"
    # Expand and the backfill get along with it; the contract step does not.
    BEFORE_CONTRACT = "before contract"
    # Carried, or none of the line's business; said so that nobody is surprised.
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One object of the live database.

    Attributes:
        thing: its kind and its name, as SQL would name it.
        why: a sentence.
        cure: the command that cures it; empty for notes.
        may_be_accepted: an administrator may say that it is right as it is; ignored for all but BEFORE_CONTRACT.
    """

    thing: str
    why: str
    cure: str = ""
    when: When = When.STOPS
    may_be_accepted: bool = True


Findings = Iterator[Finding]


def lines(findings: Iterable[Finding]) -> list[str]:
    """Number the findings, each with its cure."""
    told = []
    for number, finding in enumerate(findings, start=1):
        told.append(f"  {number}. {finding.thing}")
        told.append(f"     {finding.why}")
        told.extend(f"       {line}" for line in finding.cure.splitlines())
    return told
