"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.activities.rules import api as rules
from service.activities.rules import operations as rule_operations
from service.http.operations import Operation

BLUEPRINTS: tuple[Blueprint, ...] = (rules.bp,)
OPERATIONS: dict[str, Operation] = {**rule_operations.OPERATIONS}
