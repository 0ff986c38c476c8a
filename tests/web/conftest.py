"""What every test of the web layer needs: apps that are closed after it, and temporary files that go away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import apps


@pytest.fixture(autouse=True)
def _tidy_apps(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the connections of apps made by this test, and keep their files out of the system's folder."""
    folder: Path = tmp_path_factory.mktemp("shared")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    apps.close_all()
