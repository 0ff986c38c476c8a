"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation
from service.knowledge.answers import api as answers
from service.knowledge.answers import operations as answer_operations
from service.knowledge.assistant import api as assistant
from service.knowledge.assistant import operations as assistant_operations

BLUEPRINTS: tuple[Blueprint, ...] = (answers.bp, assistant.bp)
OPERATIONS: dict[str, Operation] = {**answer_operations.OPERATIONS, **assistant_operations.OPERATIONS}
