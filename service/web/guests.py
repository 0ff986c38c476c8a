"""The API for guests: their forms, and the way into an account for what they said before they had one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, jsonify

from service import mapper
from service.actions import inquiries
from service.domain.errors import FieldError, Invalid, InvalidForm
from service.domain.form import check_form
from service.domain.replay import GuestEvent as Happened
from service.domain.state import Locale
from service.domain.views import Row
from service.engine.replay import replay_guest
from service.engine.table import CompiledFlow
from service.store import imports
from service.store.imports import GuestConversation as Replayed
from service.web.auth import Member, current_member
from service.web.bodies import ChipEvent, FormEvent, GuestConversation, GuestEvent, GuestText, ImportBody, InquiryBody
from service.web.body import IMPORT_MAX, INQUIRY_MAX, json_object, validated, with_more
from service.web.context import request_id, services
from service.web.locale import request_locale

bp = Blueprint("guests", __name__, url_prefix="/api/v1")


@bp.post("/inquiries")
def submit_inquiry() -> tuple[Response, int]:
    """A guest's form. Nobody need be signed in."""
    raw, locale = json_object(max_bytes=INQUIRY_MAX), request_locale()
    try:
        body = validated(InquiryBody, raw)
    except Invalid as error:
        raise with_more(error, _misfits(raw, locale)) from None
    flow = _published(body.flow_version)
    saved = inquiries.submit_inquiry(
        services().upstream.service_client(),
        body.client_inquiry_id,
        flow_version=flow.version,
        step_id=body.step_id,
        values=_checked(flow, body.step_id, body.values, locale),
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
    with services().in_flight.imports.one(member.id):
        rows, rejected = _imported(member, body)
    asked = dict.fromkeys(str(one.client_conversation_id) for one in body.conversations)
    return jsonify(conversations=[mapper.conversation(rows[key]) for key in asked], rejected=rejected), 201


def _imported(member: Member, body: ImportBody) -> tuple[dict[str, Row], list[dict[str, Any]]]:
    """The conversations by the id that the guest's browser gave them, and the events that did not fit."""
    flows = _flows(member, {one.flow_version for one in body.conversations})
    by_flow: dict[str, list[Replayed]] = defaultdict(list)
    rejected: list[dict[str, Any]] = []
    for guest in body.conversations:
        flow = flows.get(guest.flow_version, services().dialogue.current)
        replayed = _replay(flow, guest, request_locale())
        by_flow[flow.version].append(replayed)
        rejected += _rejected(replayed)
    rows: dict[str, Row] = {}
    for version, conversations in by_flow.items():
        written = imports.import_conversations(
            services().upstream,
            member.id,
            conversations,
            flow_version=version,
            flow=services().dialogue.flow(version).flow.definition(),
            request_id=request_id(),
        )
        rows |= {row["client_conversation_id"]: row for row in written}
    return rows, rejected


def _published(version: str) -> CompiledFlow:
    """The flow that a guest's browser ran, or the current one where that is no longer known."""
    dialogue = services().dialogue
    return dialogue.flow(version) if version in dialogue.known_versions else dialogue.current


def _misfits(raw: dict[str, Any], locale: Locale) -> Sequence[FieldError]:
    """What is wrong with the form in a body that has other faults as well."""
    match raw:
        case {"stepId": str(step_id), "values": dict(values)}:
            try:
                _checked(_published(str(raw.get("flowVersion"))), step_id, values, locale)
            except InvalidForm as error:
                return error.errors
    return ()


def _checked(flow: CompiledFlow, step_id: str, values: dict[str, Any], locale: Locale) -> dict[str, Any]:
    form = flow.tables[locale]["steps"].get(step_id, {}).get("form")
    if not form or not form["inquiry"]:
        raise InvalidForm(errors=[FieldError("stepId", "is no step with a form that is sent to us")])
    try:
        return dict(check_form(form, values, locale))
    except InvalidForm as error:
        # Here the values are not part of an event.
        faults = [FieldError(fault.field.removeprefix("event."), fault.message) for fault in error.errors]
        raise InvalidForm(errors=faults) from None


def _flows(member: Member, versions: set[str]) -> dict[str, CompiledFlow]:
    """The flows of `versions`, as far as they are known here or kept in the database."""
    dialogue = services().dialogue
    missing = versions - set(dialogue.known_versions)
    for version, definition in imports.read_flows(services().upstream, member.token, missing).items():
        dialogue.flow(version, definition)
    return {version: dialogue.flow(version) for version in versions & set(dialogue.known_versions)}


def _replay(flow: CompiledFlow, guest: GuestConversation, locale: Locale) -> Replayed:
    key: UUID = uuid4()
    replay = replay_guest(
        flow,
        conversation_id=key,
        guest_conversation_id=guest.client_conversation_id,
        events=[_happened(one) for one in guest.events],
        locale=locale,
        now=datetime.now(UTC),
    )
    return Replayed(key, guest.client_conversation_id, replay)


def _happened(one: GuestEvent) -> Happened:
    match one.event:
        case GuestText(content=content):
            return Happened(one.client_message_id, content=content)
        case ChipEvent(message_id=message_id, chip_id=chip_id):
            return Happened(one.client_message_id, answers=message_id, chip_id=chip_id)
        case FormEvent(message_id=message_id, values=values):
            return Happened(one.client_message_id, answers=message_id, values=values)


def _rejected(one: Replayed) -> list[dict[str, Any]]:
    return [
        {
            "clientConversationId": str(one.client_conversation_id),
            "clientMessageId": str(event.client_message_id),
            "code": event.code,
        }
        for event in one.replay.rejected
    ]
