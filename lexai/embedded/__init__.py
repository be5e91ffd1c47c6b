"""PostgreSQL and Valkey for a machine that has none, started on demand and stopped after their last user.

Everything lives in LEXAI_HOME. One detached process per home, the keeper, is the parent of both servers.
Whoever needs them holds a shared lock on `servers.lock`; when the keeper gets that lock for itself, nobody
needs them any more, and it stops them. The kernel counts, so a user may end in any way, kill -9 included.
"""

from lexai.embedded.errors import ServersUnavailable
from lexai.embedded.holds import Hold, hold
from lexai.embedded.paths import database_url, home, redis_socket

__all__ = ["Hold", "ServersUnavailable", "database_url", "hold", "home", "redis_socket"]
