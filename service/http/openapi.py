"""The description of the API, made from the code: OpenAPI 3.1 for machines, a page for people.

Belongs here: putting routes, models, codes and operations together. Does not belong here: facts about single
calls (`operations.py` of each feature), the shape of bodies and answers (`models.py` of each).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule
from werkzeug.wrappers import Response as BaseResponse

from service.core.mapper import camel
from service.http.context import part
from service.http.credential import FOR_WHOM
from service.http.models import ProblemDetails
from service.http.observe import REQUEST_ID
from service.http.operations import PATH, QUERY, Operation, Parameter, operations_of
from service.http.problems import DEFAULT_RETRY_AFTER, PROBLEM_JSON, PROBLEMS
from service.settings import Settings

bp = Blueprint("openapi", __name__, url_prefix="/api/v1")

Json = dict[str, Any]

_MADE = "munui.openapi"
_VARIABLE = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
_AUTOMATIC = {"HEAD", "OPTIONS"}
_SCHEMAS = "#/components/schemas/"
_INFO = {
    "title": "Munui",
    "version": "1",
    "description": (
        "Inquiries as conversations. A turn is one event and everything that follows from it; it happens exactly once, "
        "however often it is sent: repeating a request with the same ids is always safe. Times are RFC 3339 in UTC. "
        "Errors are problem+json (RFC 9457); decide by `code`, not by texts."
    ),
}
_HEADERS: dict[str, Json] = {
    REQUEST_ID: {"description": "The id of this request.", "required": True, "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "RFC 6750.", "required": True, "schema": {"type": "string"}},
    "ETag": {"description": "For `If-None-Match`.", "required": True, "schema": {"type": "string"}},
}
_REQUEST_HEADERS: dict[str, Json] = {
    "RequestId": {"name": REQUEST_ID, "description": "A UUID to find this request by; otherwise one is made."},
    "Language": {"name": "Accept-Language", "description": "Language of a conversation that begins: `ko` or `en`."},
    "IfNoneMatch": {"name": "If-None-Match", "description": "An `ETag` from before: 304 where nothing changed."},
}


@bp.get("/openapi.json")
def document() -> BaseResponse:
    """This description, as OpenAPI 3.1."""
    described = description(current_app)
    response = jsonify(described)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)


@bp.get("/docs")
def docs() -> Response:
    """This description, to read."""
    page = render_template("api.html", api=description(current_app), shown=shown_type, problems=PROBLEMS)
    return Response(page, content_type="text/html; charset=utf-8")


def description(app: Flask) -> Json:
    """The description of `app`, made once."""
    if _MADE not in app.extensions:
        app.extensions[_MADE] = _describe(app)
    made: Json = app.extensions[_MADE]
    return made


def described_path(rule: str) -> str:
    """A route as the description writes it: `/a/<some_id>` becomes `/a/{someId}`."""
    return _VARIABLE.sub(lambda match: "{" + camel(match[1]) + "}", rule)


def shown_type(schema: Json) -> str:
    """A schema in a few words, for people."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SCHEMAS)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(shown_type(one) for one in schema[several])
    if "enum" in schema or "const" in schema:
        return " · ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {shown_type(schema['items'])}{_bounds(schema, 'minItems', 'maxItems')}"
    name = str(schema.get("format") or schema.get("type") or "anything")
    return name + _bounds(schema, "minLength", "maxLength") + _bounds(schema, "minimum", "maximum")


def _bounds(schema: Json, least: str, most: str) -> str:
    if least not in schema and most not in schema:
        return ""
    return f", {schema.get(least, 0)} to {schema.get(most, '…')}"


def _describe(app: Flask) -> Json:
    operations = operations_of(app)
    paths: dict[str, Json] = defaultdict(dict)
    for endpoint, operation in operations.items():
        for rule in app.url_map.iter_rules(endpoint):
            for method in sorted((rule.methods or set()) - _AUTOMATIC):
                view = app.view_functions[endpoint]
                paths[described_path(rule.rule)][method.lower()] = _operation(rule, view, endpoint, operation)
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "servers": [{"url": "/"}],
        "paths": dict(paths),
        "components": {
            "schemas": _schemas(operations.values()),
            "headers": _HEADERS,
            "parameters": {key: _header_parameter(header) for key, header in _REQUEST_HEADERS.items()},
            "securitySchemes": _security_schemes(),
        },
    }


def _security_schemes() -> Json:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token of Supabase Auth. With it the cookie is ignored.",
        },
        "channelKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "The key of a channel (`mk_…`), shown to an admin when it is made.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": part(Settings).session_cookie,
            "description": (
                "The web app's own session. What changes something must then come from our own origin. "
                f"`{FOR_WHOM}`, the id of a member, says whose it is to be: with anybody else's the answer is 401."
            ),
        },
    }


def _operation(rule: Rule, view: Callable[..., Any], endpoint: str, operation: Operation) -> Json:
    described: Json = {
        "operationId": camel(endpoint.rpartition(".")[2]),
        "tags": [operation.tag],
        "summary": (view.__doc__ or "").strip().splitlines()[0].rstrip("."),
        "parameters": _parameters(rule, operation),
        "security": _security(operation),
        "responses": {**_answers(operation), **_refusals(operation.refusals)},
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body.is_required,
            "description": f"At most {operation.body.max_bytes // 1024} KB.",
            "content": {"application/json": {"schema": _reference(operation.body.model.__name__)}},
        }
    return described


def _security(operation: Operation) -> list[Json]:
    if operation.needs_key:
        return [{"channelKey": []}]
    return [{"bearer": []}, {"session": []}] if operation.needs_member else []


def _parameters(rule: Rule, operation: Operation) -> list[Json]:
    names = [camel(name) for name in sorted(rule.arguments)]
    parameters: list[Json] = [{"name": name, "in": "path", "required": True, **PATH[name]} for name in names]
    parameters += [_query_parameter(one) for one in operation.query]
    headers = ["RequestId"]
    if operation.body is not None:
        headers.append("Language")
    if operation.has_etag:
        headers.append("IfNoneMatch")
    return parameters + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _query_parameter(given: str | Parameter) -> Json:
    if isinstance(given, str):
        return {"name": given, "in": "query", **QUERY[given]}
    return {"name": given.name, "in": "query", "schema": given.schema, "description": given.description}


def _header_parameter(header: Json) -> Json:
    return {**header, "in": "header", "schema": {"type": "string"}}


def _answers(operation: Operation) -> Json:
    described: Json = {}
    for status, model in operation.answers.items():
        answer: Json = {"description": _MEANINGS[status], "headers": _headers(REQUEST_ID)}
        if model is not None:
            is_repeat = status == 200 and 201 in operation.answers
            answer["description"] = _REPEATED if is_repeat else (model.__doc__ or "").strip().splitlines()[0]
            answer["content"] = {
                operation.media_type: {"schema": _reference(model.__name__)},
                **{other: {} for other in operation.other_media_types},
            }
        elif status == 200:
            answer["content"] = {operation.media_type: {}}
        if operation.has_etag:
            answer["headers"] |= _headers("ETag")
        described[str(status)] = answer
    return described


_REPEATED = "The same was sent before: the same answer, and nothing was written."
_MEANINGS = {200: "OK", 201: "Written", 202: "Taken on", 204: "Done", 304: "Nothing changed", 503: "Not ready"}


def _refusals(codes: Sequence[str]) -> Json:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[PROBLEMS[code].status].append(code)
    return {str(status): _refusal(status, by_status[status]) for status in sorted(by_status)}


def _refusal(status: int, codes: list[str]) -> Json:
    headers = [REQUEST_ID]
    if status == 401:
        headers.append("WWW-Authenticate")
    if any(code in DEFAULT_RETRY_AFTER for code in codes):
        headers.append("Retry-After")
    exact = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    return {
        "description": "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in codes),
        "headers": _headers(*headers),
        "content": {PROBLEM_JSON: {"schema": {"allOf": [_reference(ProblemDetails.__name__), exact]}}},
    }


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _reference(name: str) -> Json:
    return {"$ref": f"{_SCHEMAS}{name}"}


def _schemas(operations: Iterable[Operation]) -> Json:
    models: set[type[BaseModel]] = {ProblemDetails}
    for operation in operations:
        models |= {model for model in operation.answers.values() if model is not None}
        if operation.body is not None:
            models.add(operation.body.model)
    wanted = sorted(models, key=lambda model: model.__name__)
    _, made = models_json_schema(
        [(model, "validation") for model in wanted], by_alias=True, ref_template=_SCHEMAS + "{model}"
    )
    schemas: Json = _without_noise(made["$defs"])
    return schemas


def _without_noise(node: Any) -> Any:
    """Drop what pydantic adds by itself: titles that repeat a name, and defaults of None."""
    if isinstance(node, list):
        return [_without_noise(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_noise(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
