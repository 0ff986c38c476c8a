"""Tells two databases apart by their facts, in words."""

from itertools import groupby

from scripts.catalogue.facts import Facts


def differences(before: Facts, after: Facts) -> list[str]:
    """Return lines that name each object and what it lost (-) and gained (+); nothing where they are equal."""
    changed = [(thing, "-", fact) for thing, fact in before - after]
    changed += [(thing, "+", fact) for thing, fact in after - before]
    lines = []
    for thing, facts in groupby(sorted(changed), key=lambda entry: entry[0]):
        lines.append(f"  {thing}")
        lines.extend(f"    {sign} {fact}" for _, sign, fact in facts)
    return lines
