"""The world that the doors are tried in."""

import pytest

from tests.access import world as worlds


@pytest.fixture
def world(db, settings, monkeypatch):
    return worlds.prepared(settings, monkeypatch)
