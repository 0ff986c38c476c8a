"""The servers that the official CLI is tried on: the one that we bring, and the oldest that hosted projects have."""

import pytest

from scripts.local import LocalStack


@pytest.fixture(params=["embedded", "postgresql-15"])
def server_url(request: pytest.FixtureRequest) -> str:
    """The superuser's URL of a local server."""
    name = "stack" if request.param == "embedded" else "postgres15"
    server: LocalStack = request.getfixturevalue(name)
    return server.db_url
