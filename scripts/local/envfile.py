"""The file `.local/env` and the names that put another project in the local one's place."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from scripts.local.files import write_private
from scripts.local.paths import ROOT

PROJECT_NAMES = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY")


def read(path: Path) -> dict[str, str]:
    """Return the names and values of a dotenv file, nothing where there is no such file."""
    return {k: v for k, v in dotenv_values(path, interpolate=False).items() if v is not None}


def configured(root: Path = ROOT) -> dict[str, str]:
    """Return what the person set: `.env`, and the environment over it. Empty values count as not set."""
    merged = {**read(root / ".env"), **os.environ}
    return {k: v for k, v in merged.items() if v != ""}


def write(path: Path, values: Mapping[str, str]) -> None:
    """Write a dotenv file with mode 600, which a shell may source, too. Plain values stay unquoted."""
    write_private(path, "".join(f"{name}={_quoted(value)}\n" for name, value in values.items()))


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w:/.@%+,-]*", value, re.ASCII) else f"'{value}'"
