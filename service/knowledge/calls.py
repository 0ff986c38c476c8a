"""Every call of these subjects, for who puts the app together."""

from __future__ import annotations

from flask import Blueprint

from service.http.operations import Operation
from service.knowledge.articles import api as articles
from service.knowledge.articles import operations as article_operations
from service.knowledge.articles.imports import api as imports
from service.knowledge.articles.imports import operations as import_operations

BLUEPRINTS: tuple[Blueprint, ...] = (articles.bp, imports.bp)
OPERATIONS: dict[str, Operation] = {**article_operations.OPERATIONS, **import_operations.OPERATIONS}
