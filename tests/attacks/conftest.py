"""The world that is attacked is the one that the doors are tried in."""

from tests.access.world import world as world
