"""Tells the morning to the database that SUPABASE_DB_URL names, where nobody has said anything yet."""

import os
import sys
from contextlib import suppress

from scripts.local.morning.seed import seed

if __name__ == "__main__":
    # Ctrl-C is for whoever started it: nothing was written.
    with suppress(KeyboardInterrupt):
        seed(os.environ["SUPABASE_DB_URL"])
        sys.exit(0)
    sys.exit(1)
