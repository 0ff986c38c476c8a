"""Versions of the flow that the database keeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from postgrest import SyncPostgrestClient

from service.supabase.calls import read_rows


def read_flows(member: SyncPostgrestClient, versions: Collection[str]) -> dict[str, dict[str, Any]]:
    """The definitions of those `versions` that are kept, by version."""
    query = member.table("chat_flows").select("version", "definition").in_("version", sorted(versions))
    return {row["version"]: row["definition"] for row in read_rows(query)}
