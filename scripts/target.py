"""Which database a script works on: the flag, the environment, `.env`, `.local/env`, in this order."""

from scripts.local import envfile
from scripts.local.paths import LOCAL
from scripts.migrations.errors import UsageError


def database_url(flag: str | None) -> str:
    """Return the database's URL; raises UsageError where none was given.

    The local stack's is taken only where no other project is named: a script must never change the local
    database while the service talks to a hosted one, or the other way round.
    """
    if flag:
        return flag
    configured = envfile.configured()
    if url := configured.get("SUPABASE_DB_URL"):
        return url
    if "SUPABASE_URL" in configured:
        raise UsageError("SUPABASE_URL names a project, but SUPABASE_DB_URL is missing: set it or --database-url.")
    if url := envfile.read(LOCAL / "env").get("SUPABASE_DB_URL"):
        return url
    raise UsageError("No database is named: set SUPABASE_DB_URL or --database-url, or run `make run` once.")
