"""System checks: what this machine and these settings must have."""

import sqlite3
from typing import Any

from django.core.checks import CheckMessage, Error, register


@register()
def check_full_text_search(**_options: Any) -> list[CheckMessage]:
    """Demand a SQLite with FTS5: the search index of every client is one."""
    with sqlite3.connect(":memory:") as memory:
        has_fts5 = memory.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]
    if has_fts5:
        return []
    return [
        Error(
            "This Python's SQLite was built without FTS5.",
            hint="Use a Python whose sqlite3 module has it, such as your system's own.",
            id="lexai.E001",
        )
    ]
