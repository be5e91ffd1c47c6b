"""The one error of the embedded servers."""


class ServersUnavailable(Exception):
    """LexAI's own PostgreSQL and Valkey cannot run; the message says why, and what to do."""
