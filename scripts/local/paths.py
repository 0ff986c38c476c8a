"""Where things of this checkout are. Only constants."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Tests of the commands themselves run them with a folder of their own.
LOCAL = Path(os.environ.get("MUNUI_LOCAL_DIR") or ROOT / ".local")
HERE = Path(__file__).resolve().parent
GATEWAY = HERE / "gateway"
MIGRATIONS = ROOT / "supabase" / "migrations"
LEGACY = ROOT / "supabase" / "legacy"
SCHEMAS = ROOT / "supabase" / "schemas"
FUNCTIONS = SCHEMAS / "functions"
POLICIES = ROOT / "supabase" / "policies"
