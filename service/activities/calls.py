"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.activities.channels import api as channel
from service.activities.channels import operations as channel_operations
from service.activities.channels import setup as channels
from service.http.operations import Operation

BLUEPRINTS: tuple[Blueprint, ...] = (channel.bp, channels.bp)
OPERATIONS: dict[str, Operation] = {**channel_operations.OPERATIONS}
