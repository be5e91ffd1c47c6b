"""The one error of the embedded servers."""


class ServersUnavailable(Exception):  # noqa: N818  named as what the user reads, like every refusal
    """LexAI's own PostgreSQL and Valkey cannot run; the message says why, and what to do."""
