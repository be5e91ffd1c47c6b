"""The world that the doors are tried in."""

from tests.access.world import world as world
