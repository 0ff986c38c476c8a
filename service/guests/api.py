"""The API for guests: the flow for their browser, their forms, and the way into an account for what they said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts.who import Member, current_member
from service.conversations import shown
from service.conversations.known_flows import KnownFlows
from service.conversations.models import ChipEvent, FormEvent, GuestAnswer, GuestSource, GuestText
from service.core import mapper
from service.core.errors import FieldError, Invalid, InvalidForm
from service.core.locale import Locale
from service.core.mapper import Row
from service.dialogue.flow_document import write_flow
from service.dialogue.form import Values, check_form, normal_forms
from service.dialogue.knowledge import Answer, Knowledge
from service.dialogue.replay import replay_guest
from service.dialogue.replayed import PastEvent as Happened
from service.dialogue.table import CompiledFlow, Template
from service.guests import actions, store
from service.guests.models import (
    IMPORT_MAX,
    INQUIRY_MAX,
    GuestConversation,
    GuestEvent,
    ImportBody,
    InquiryBody,
)
from service.guests.store import ReplayedConversation as Replayed
from service.http.context import part, request_id
from service.http.in_flight import InFlight
from service.http.json_body import json_object, validated, with_more
from service.http.language import request_locale
from service.supabase.clients import Upstream

bp = Blueprint("guests", __name__, url_prefix="/api/v1")


@bp.get("/flow")
def flow() -> BaseResponse:
    """The compiled flow, for browsers that run it themselves."""
    response = jsonify(part(KnownFlows).current.document())
    # Of the whole document: its rules for what fits a form are ours, and change without the flow's version.
    response.add_etag()
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)


@bp.post("/inquiries")
def submit_inquiry() -> tuple[Response, int]:
    """A guest's form. Nobody need be signed in."""
    raw, locale = json_object(max_bytes=INQUIRY_MAX), request_locale()
    try:
        body = validated(InquiryBody, raw)
    except Invalid as error:
        raise with_more(error, _misfits(raw, locale)) from None
    flow = _published(body.flow_version)
    form = _form(flow, body.step_id, locale)
    values = _checked(form, body.values, locale)
    saved = actions.submit_inquiry(
        part(Upstream).service_client(),
        body.client_inquiry_id,
        flow_version=flow.version,
        step_id=body.step_id,
        values=values,
        normal=normal_forms(form["fields"], values),
        locale=locale,
        request_id=request_id(),
    )
    answer = mapper.outside(saved["inquiry"], ("client_inquiry_id", "status", "created_at"))
    return jsonify(inquiry=answer, replayed=not saved["created"]), 201 if saved["created"] else 200


@bp.post("/import")
def import_conversations() -> tuple[Response, int]:
    """What a guest said before signing in, run again on the server for the member whom the token names."""
    member = current_member()
    body = validated(ImportBody, json_object(max_bytes=IMPORT_MAX))
    with part(InFlight).imports.one(member.id):
        rows, rejected = _imported(member, body)
    asked = dict.fromkeys(str(one.client_conversation_id) for one in body.conversations)
    return jsonify(conversations=[shown.conversation(rows[key]) for key in asked], rejected=rejected), 201


def _imported(member: Member, body: ImportBody) -> tuple[dict[str, Row], list[dict[str, Any]]]:
    """The conversations by the id that the guest's browser gave them, and the events that did not fit."""
    flows = _flows(member, {one.flow_version for one in body.conversations})
    said = store.read_said(part(Upstream), _sources(body))
    by_flow: dict[str, list[Replayed]] = defaultdict(list)
    rejected: list[dict[str, Any]] = []
    for guest in body.conversations:
        flow = flows.get(guest.flow_version, part(KnownFlows).current)
        replayed = _replay(flow, guest, request_locale(), said)
        by_flow[flow.version].append(replayed)
        rejected += _rejected(replayed)
    rows: dict[str, Row] = {}
    for version, conversations in by_flow.items():
        written = store.import_conversations(
            part(Upstream),
            member.id,
            conversations,
            flow_version=version,
            flow=write_flow(part(KnownFlows).flow(version).flow),
            request_id=request_id(),
        )
        rows |= {row["client_conversation_id"]: row for row in written}
    return rows, rejected


def _published(version: str) -> CompiledFlow:
    """The flow that a guest's browser ran, or the current one where that is no longer known."""
    flows = part(KnownFlows)
    return flows.flow(version) if version in flows.known_versions else flows.current


def _misfits(raw: dict[str, Any], locale: Locale) -> Sequence[FieldError]:
    """What is wrong with the form in a body that has other faults as well."""
    match raw:
        case {"stepId": str(step_id), "values": dict(values)}:
            try:
                _checked(_form(_published(str(raw.get("flowVersion"))), step_id, locale), values, locale)
            except InvalidForm as error:
                return error.errors
    return ()


def _form(flow: CompiledFlow, step_id: str, locale: Locale) -> Template:
    form: Template | None = flow.tables[locale]["steps"].get(step_id, {}).get("form")
    if not form or not form["inquiry"]:
        raise InvalidForm(errors=[FieldError("stepId", "is no step with a form that is sent to us")])
    return form


def _checked(form: Template, values: dict[str, Any], locale: Locale) -> Values:
    try:
        return check_form(form, values, locale)
    except InvalidForm as error:
        # Here the values are not part of an event.
        faults = [FieldError(fault.field.removeprefix("event."), fault.message) for fault in error.errors]
        raise InvalidForm(errors=faults) from None


def _flows(member: Member, versions: set[str]) -> dict[str, CompiledFlow]:
    """The flows of `versions`, as far as they are known here or kept in the database."""
    flows = part(KnownFlows)
    missing = versions - set(flows.known_versions)
    for version, definition in store.read_flows(part(Upstream), member.token, missing).items():
        flows.flow_or_current(version, definition)
    return {version: flows.flow(version) for version in versions & set(flows.known_versions)}


def _sources(body: ImportBody) -> list[GuestSource]:
    """What the browser names as said, each once."""
    named = (
        one.event.answered.source
        for guest in body.conversations
        for one in guest.events
        if isinstance(one.event, GuestText) and one.event.answered
    )
    return list(dict.fromkeys(source for source in named if source))


def _replay(
    flow: CompiledFlow, guest: GuestConversation, locale: Locale, said: Mapping[GuestSource, Answer]
) -> Replayed:
    key: UUID = uuid4()
    replay = replay_guest(
        flow,
        conversation_id=key,
        guest_conversation_id=guest.client_conversation_id,
        events=[_happened(one, said) for one in guest.events],
        locale=locale,
        now=datetime.now(UTC),
    )
    return Replayed(key, guest.client_conversation_id, replay)


def _happened(one: GuestEvent, said: Mapping[GuestSource, Answer]) -> Happened:
    match one.event:
        case GuestText(content=content, answered=answered):
            known = _known(answered, said) if answered else None
            return Happened(one.client_message_id, content=content, knowledge=known)
        case ChipEvent(message_id=message_id, chip_id=chip_id):
            return Happened(one.client_message_id, answers=message_id, chip_id=chip_id)
        case FormEvent(message_id=message_id, values=values):
            return Happened(one.client_message_id, answers=message_id, values=values)


def _known(answered: GuestAnswer, said: Mapping[GuestSource, Answer]) -> Knowledge:
    return Knowledge("extractive", answered.locale, said.get(answered.source) if answered.source else None)


def _rejected(one: Replayed) -> list[dict[str, Any]]:
    return [
        {
            "clientConversationId": str(one.client_conversation_id),
            "clientMessageId": str(event.client_message_id),
            "code": event.code,
        }
        for event in one.replay.rejected
    ]
