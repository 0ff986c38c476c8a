"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation
from service.knowledge.answers import api as answers
from service.knowledge.answers import operations as answer_operations
from service.knowledge.articles import api as articles
from service.knowledge.assistant import api as assistant
from service.knowledge.assistant import operations as assistant_operations
from service.knowledge.help import api as help_api
from service.knowledge.help import operations as help_operations
from service.knowledge.help import pages as help_pages

BLUEPRINTS: tuple[Blueprint, ...] = (answers.bp, articles.bp, assistant.bp, help_api.bp, help_pages.bp)
OPERATIONS: dict[str, Operation] = {
    **answer_operations.OPERATIONS,
    **assistant_operations.OPERATIONS,
    **help_operations.OPERATIONS,
}
