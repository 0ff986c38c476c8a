"""What a guest's question asks of the database."""

from __future__ import annotations

from postgrest import SyncPostgrestClient

from service.core.locale import Locale
from service.core.mapper import Row
from service.supabase.calls import call


def ask(service: SyncPostgrestClient, question: str, locale: Locale) -> Row:
    """What is known to everybody; `{"mode", "forbidden_topics", "found"}`."""
    params = {"p_question": question, "p_locale": locale}
    return call(service, "kb_ask", params, ("mode", "forbidden_topics", "found"))
