"""What the search asks of the database: as an operator, and as a worker."""

from __future__ import annotations

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.inbox.search.asked import Search
from service.supabase.calls import call
from service.supabase.clients import Upstream


def find(asking: Asking, search: Search) -> Row:
    """`{"hits", "next", "tokens", "state"}` of what was found. Raises as `Asking.ask` does."""
    params = {
        "p_query": search.query,
        "p_filters": search.filters,
        "p_sort": search.sort,
        "p_limit": search.limit,
        "p_before": search.before,
    }
    return asking.ask("inbox_search", params, ("hits", "next", "tokens", "state"))


def fill(upstream: Upstream) -> Row:
    """One round of keeping what is searched in: `{"indexed", "has_more"}`. Raises UpstreamUnavailable, Internal."""
    return call(upstream.service_client(), "search_fill", {}, ("indexed", "has_more"))


def count_words(upstream: Upstream) -> Row:
    """Count how common words are: `{"words"}`. Raises UpstreamUnavailable, Internal."""
    return call(upstream.service_client(), "search_count", {}, ("words",))
