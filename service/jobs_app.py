"""What the workers do, put together: the composition root of `python -m service.jobs`, as `app.py` is the web's.

Belongs here: which features have work. Does not belong here: behaviour.
"""

from __future__ import annotations

from service.activities.rules import work as rules
from service.activities.webhooks import work as webhooks
from service.conversations.known_flows import KnownFlows
from service.dialogue.flows.loader import SHIPPED, load_flow
from service.inbox import work as inbox
from service.inbox.search import work as search
from service.jobs.work import Work
from service.knowledge.articles.imports import work as article_imports
from service.knowledge.assistant import work as assistant
from service.knowledge.generative import work as answers
from service.knowledge.vectors import work as vectors
from service.settings import Settings
from service.supabase.clients import Upstream


def work_of(upstream: Upstream, settings: Settings) -> Work:
    """The work of every feature."""
    flows = KnownFlows(load_flow(settings.flow_file or SHIPPED))
    return (
        inbox.work_of(upstream, settings)
        | search.work_of(upstream)
        | webhooks.work_of(upstream, settings)
        | rules.work_of(upstream, flows)
        | article_imports.work_of(upstream, settings)
        | answers.work_of(upstream, settings, flows)
        | assistant.work_of(upstream, settings)
        | vectors.work_of(upstream, settings)
    )
