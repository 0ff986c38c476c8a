"""Every call of the operators' API, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation
from service.inbox.audit import api as audit
from service.inbox.audit import operations as audit_operations
from service.inbox.conversations import api as conversations
from service.inbox.conversations import operations as conversation_operations
from service.inbox.figures import api as figures
from service.inbox.figures import operations as figure_operations
from service.inbox.inquiries import api as inquiries
from service.inbox.inquiries import operations as inquiry_operations
from service.inbox.me import api as me
from service.inbox.me import operations as me_operations
from service.inbox.notes import api as notes
from service.inbox.notes import operations as note_operations
from service.inbox.search import api as search
from service.inbox.search import operations as search_operations
from service.inbox.settings import api as settings
from service.inbox.settings import operations as settings_operations
from service.inbox.transcripts import api as transcripts
from service.inbox.transcripts import operations as transcript_operations

BLUEPRINTS: tuple[Blueprint, ...] = (
    audit.bp, conversations.bp, figures.bp, inquiries.bp, me.bp, notes.bp, search.bp, settings.bp, transcripts.bp,
)  # fmt: skip
OPERATIONS: dict[str, Operation] = {
    **me_operations.OPERATIONS,
    **conversation_operations.OPERATIONS,
    **note_operations.OPERATIONS,
    **settings_operations.OPERATIONS,
    **transcript_operations.OPERATIONS,
    **inquiry_operations.OPERATIONS,
    **audit_operations.OPERATIONS,
    **figure_operations.OPERATIONS,
    **search_operations.OPERATIONS,
}
