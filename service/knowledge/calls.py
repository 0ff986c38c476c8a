"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation
from service.knowledge.answers import api as answers
from service.knowledge.answers import operations as answer_operations
from service.knowledge.articles import api as articles
from service.knowledge.articles import operations as article_operations
from service.knowledge.articles.imports import api as imports
from service.knowledge.articles.imports import operations as import_operations
from service.knowledge.assistant import api as assistant
from service.knowledge.assistant import operations as assistant_operations
from service.knowledge.help import api as help_api
from service.knowledge.help import operations as help_operations
from service.knowledge.help import pages as help_pages

BLUEPRINTS: tuple[Blueprint, ...] = (
    answers.bp, articles.bp, imports.bp, assistant.bp, help_api.bp, help_pages.bp,
)  # fmt: skip
OPERATIONS: dict[str, Operation] = {
    **answer_operations.OPERATIONS,
    **article_operations.OPERATIONS,
    **import_operations.OPERATIONS,
    **assistant_operations.OPERATIONS,
    **help_operations.OPERATIONS,
}
