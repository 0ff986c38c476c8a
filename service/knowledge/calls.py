"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation
from service.knowledge.assistant import api as assistant
from service.knowledge.assistant import operations as assistant_operations

BLUEPRINTS: tuple[Blueprint, ...] = (assistant.bp,)
OPERATIONS: dict[str, Operation] = {**assistant_operations.OPERATIONS}
