"""The composition root: the only place that knows every part and puts them together.

Belongs here: making the parts from settings and wiring them into one Flask app. Does not belong here:
behaviour.

The order of `install` calls matters. Before a request they run from first to last: an id, then the address
limit, then the origin. After it they run from last to first, so the log line is written when the answer is
complete.
"""

from __future__ import annotations

from functools import partial

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from service.actions import auth
from service.actions.clients import Upstream
from service.flows.loader import SHIPPED, load_flow
from service.settings import Settings, load_settings
from service.web import (
    api,
    body,
    compress,
    embed,
    errors,
    guests,
    health,
    limits,
    me,
    metrics,
    observe,
    openapi,
    origins,
    pages,
    security,
    session,
)
from service.web.context import EXTENSION, Services
from service.web.dialogue import Dialogue
from service.web.in_flight import InFlight
from service.web.limits import Limits
from service.web.session import Sessions
from service.web.tokens import TokenVerifier


def create_app(settings: Settings | None = None) -> Flask:
    """The app for `settings`, by default those of the environment.

    Raises SettingsError with every fault of the settings, FlowError with every fault of the flow.
    """
    settings = settings or load_settings()
    observe.configure_logging(settings.log_level)
    app = Flask("service", static_folder="web/static", template_folder="web/templates")
    _configure(app, settings)
    app.extensions[EXTENSION] = _compose(settings)
    for part in (metrics, observe, errors, security, session, limits, origins, compress):
        part.install(app)
    for blueprint in (health.bp, pages.bp, embed.bp, api.bp, guests.bp, me.bp, openapi.bp):
        app.register_blueprint(blueprint)
    return app


def _compose(settings: Settings) -> Services:
    upstream = Upstream.from_settings(settings)
    tokens = TokenVerifier.from_settings(settings)
    return Services(
        settings=settings,
        upstream=upstream,
        tokens=tokens,
        sessions=Sessions.from_settings(settings, tokens, partial(auth.refresh, upstream)),
        limits=Limits(settings),
        in_flight=InFlight(settings),
        dialogue=Dialogue(load_flow(settings.flow_file or SHIPPED)),
    )


def _configure(app: Flask, settings: Settings) -> None:
    # Bounds every body, also one that does not say its length; `body.json_body` sets its own bound per route.
    app.config["MAX_CONTENT_LENGTH"] = body.GENERAL_MAX
    app.config["MAX_FORM_MEMORY_SIZE"] = body.GENERAL_MAX
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
