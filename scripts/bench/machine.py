"""The machine and the versions a result was taken with. Nothing that names a machine: no host, no path, no address."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from scripts.local import LocalStack

_LIBRARIES = ("flask", "gunicorn", "httpx", "postgrest", "pydantic", "supabase", "uvicorn")


def describe(stack: LocalStack) -> dict[str, Any]:
    """CPU, memory, versions, and how busy others keep the machine at this moment."""
    with psycopg.connect(stack.db_url) as db:
        row = db.execute("show server_version").fetchone()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgres": row[0] if row else None,
        "node": subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        "libraries": {name: importlib.metadata.version(name) for name in _LIBRARIES},
        "load_before": load(),
    }


def load() -> float:
    """How many threads wanted a core in the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def _cpu() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else platform.processor()
