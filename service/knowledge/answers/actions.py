"""What a guest's question asks of the database."""

from __future__ import annotations

from service.core.locale import Locale
from service.core.mapper import Row
from service.supabase.calls import call
from service.supabase.clients import Upstream


def ask(upstream: Upstream, question: str, locale: Locale) -> Row:
    """What is known to everybody; `{"mode", "forbidden_topics", "found"}`. Raises UpstreamUnavailable, Internal."""
    params = {"p_question": question, "p_locale": locale}
    return call(upstream.service_client(), "kb_ask", params, ("mode", "forbidden_topics", "found"))
