"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.activities.channels import api as channel
from service.activities.channels import operations as channel_operations
from service.activities.channels import setup as channels
from service.activities.dead_letters import api as dead_letters
from service.activities.dead_letters import operations as dead_letter_operations
from service.activities.rules import api as rules
from service.activities.rules import operations as rule_operations
from service.activities.webhooks import api as webhooks
from service.activities.webhooks import operations as webhook_operations
from service.http.operations import Operation

BLUEPRINTS: tuple[Blueprint, ...] = (channel.bp, channels.bp, dead_letters.bp, rules.bp, webhooks.bp)
OPERATIONS: dict[str, Operation] = {
    **channel_operations.OPERATIONS,
    **dead_letter_operations.OPERATIONS,
    **rule_operations.OPERATIONS,
    **webhook_operations.OPERATIONS,
}
