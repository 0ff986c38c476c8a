"""`make bundle`: the files that browsers get, made anew if their sources or the tool have changed.

Needs Node 20 and the packages of `scripts/bundling`. Exit codes: 0 they are there, 1 they cannot be made, 2 wrong use.
"""

import sys
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import bundling


def main(arguments: list[str] | None = None) -> int:
    """Make them; returns the exit code."""
    if sys.argv[1:] if arguments is None else arguments:
        print("bundle: it takes no arguments", file=sys.stderr)
        return 2
    try:
        if bundling.make():
            print("The files for browsers are built.")
    except bundling.BundlingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
