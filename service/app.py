"""The composition root: the only place that knows every part and puts them together.

Belongs here: making the parts from settings and wiring them into one Flask app. Does not belong here:
behaviour.

The order of `install` calls matters. Before a request they run from first to last: an id, then the address
limit, then the origin. After it they run from last to first, so the log line is written when the answer is
complete.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from service.accounts import actions, confirming, own_page, session
from service.accounts import api as me
from service.accounts import operations as account_operations
from service.accounts import pages as sign_in_pages
from service.accounts.refresh import Refresher
from service.accounts.session import Sessions
from service.accounts.tokens import TokenVerifier
from service.accounts.who import optional_member
from service.activities import calls as activity_calls
from service.activities.webhooks.safe import Safe
from service.conversations import api as conversations
from service.conversations import export, people, team
from service.conversations import operations as conversation_operations
from service.conversations.known_flows import KnownFlows
from service.dialogue.flows.loader import SHIPPED, load_flow
from service.guests import api as guests
from service.guests import operations as guest_operations
from service.guests import sessions as guest_sessions
from service.http import (
    compress,
    context,
    health,
    json_body,
    metrics,
    observe,
    openapi,
    origins,
    problems,
    security,
    slashes,
)
from service.http import limits as address_limits
from service.http import operations as http_operations
from service.http.health import Check
from service.http.in_flight import InFlight
from service.http.limits import Limits
from service.http.metrics import Metrics
from service.http.operations import Operation
from service.inbox import calls as inbox_calls
from service.inbox import former as former_pages
from service.inbox import screen
from service.jobs.numbers import JobNumbers
from service.knowledge import calls as knowledge_calls
from service.live import api as live
from service.live import operations as live_operations
from service.live.hub import Hub
from service.live.places import Places
from service.settings import Settings, load_settings
from service.site import embed, frame
from service.site import pages as site
from service.site.built import Built
from service.supabase import reachable
from service.supabase.auth import Tokens
from service.supabase.clients import Upstream

BLUEPRINTS: tuple[Blueprint, ...] = (
    site.bp, embed.bp, sign_in_pages.bp, confirming.bp, own_page.bp, former_pages.bp, screen.bp,
    conversations.bp, people.bp, team.bp, export.bp, guests.bp, guest_sessions.bp, live.bp, me.bp, openapi.bp,
    *inbox_calls.BLUEPRINTS, *activity_calls.BLUEPRINTS, *knowledge_calls.BLUEPRINTS,
)  # fmt: skip
# Every call of the API, by endpoint, as it is described.
OPERATIONS: dict[str, Operation] = {
    **conversation_operations.OPERATIONS,
    **account_operations.OPERATIONS,
    **guest_operations.OPERATIONS,
    **live_operations.OPERATIONS,
    **inbox_calls.OPERATIONS,
    **activity_calls.OPERATIONS,
    **knowledge_calls.OPERATIONS,
    **http_operations.OPERATIONS,
}


def create_app(settings: Settings | None = None) -> Flask:
    """The app for `settings`, by default those of the environment.

    Raises SettingsError with every fault of the settings, FlowError with every fault of the flow, NotBuilt where
    `make bundle` has to come first.
    """
    settings = settings or load_settings()
    observe.configure_logging(settings.log_level)
    app = Flask("service", static_folder="static", template_folder="templates")
    _configure(app, settings)
    _compose(app, settings)
    http_operations.install(app, OPERATIONS)
    metrics.install(app)
    observe.install(app)
    problems.install(app, frame.error_page)
    security.install(app)
    session.install(app)
    address_limits.install(app)
    origins.install(app)
    compress.install(app)
    frame.install(app, optional_member)
    slashes.install(app)
    embed.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _compose(app: Flask, settings: Settings) -> None:
    """Make the parts that views ask for, and tell how to ask whether they can do their work."""
    upstream = Upstream.from_settings(settings)
    tokens = TokenVerifier.from_settings(settings)
    limits = Limits(settings)
    refresher = Refresher.from_settings(settings, partial(_renew, upstream, limits))
    sessions = Sessions.from_settings(settings, tokens, refresher)
    flows = KnownFlows(load_flow(settings.flow_file or SHIPPED))
    numbers = Metrics(JobNumbers(upstream))
    context.install(
        app,
        settings,
        upstream,
        tokens,
        refresher,
        sessions,
        limits,
        InFlight(settings),
        flows,
        team.TeamRow(upstream),
        Built.load(),
        numbers,
        Hub(upstream, numbers),
        Places(settings),
        Safe.from_settings(settings),
    )
    checks: dict[str, Check] = {
        "rest": partial(reachable.rest_answers, upstream, settings),
        # Loaded at start, so a process without it serves nothing; told for completeness.
        "flow": lambda: bool(flows.known_versions),
        "auth": partial(reachable.auth_answers, upstream, settings),
    }
    health.install(app, checks)


def _renew(upstream: Upstream, limits: Limits, refresh_token: str) -> Tokens:
    """New tokens from Supabase Auth, unless this client had too many. Raises RateLimited, and as `actions.refresh`."""
    limits.check_refresh()
    return actions.refresh(upstream, refresh_token)


def _configure(app: Flask, settings: Settings) -> None:
    # Bounds every body, also one that does not say its length; `json_object` sets its own bound per route.
    app.config["MAX_CONTENT_LENGTH"] = json_body.GENERAL_MAX
    app.config["MAX_FORM_MEMORY_SIZE"] = json_body.GENERAL_MAX
    app.config["MAX_FORM_PARTS"] = 20
    app.json = _Json(app)
    # A doubled slash is another path, not one to be redirected: redirects of odd paths are how people are
    # led away.
    app.url_map.merge_slashes = False
    if settings.trusted_proxies:
        # Only the address: nothing else that a proxy may pass on unchecked is ever believed.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )


class _Json(DefaultJSONProvider):
    """Korean stays readable, and fields stay in the order in which they were put."""

    ensure_ascii = False
    sort_keys = False
