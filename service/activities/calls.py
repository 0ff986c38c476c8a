"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation

BLUEPRINTS: tuple[Blueprint, ...] = ()
OPERATIONS: dict[str, Operation] = {}
