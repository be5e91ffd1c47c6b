"""Writing the audit: the services record deeds, the translators record refusals."""

import json
from typing import Any, Protocol

from django.db import connection

from lexai.audit.verbs import Verb
from lexai.system import Actor

NO_TARGET = ("", "")
# Every request appends a row, and Django takes longer to build this statement than the database to run it.
APPEND = """
    INSERT INTO audit_events (firm_id, actor, actor_id, verb, target_type, target_id, client_ids, facts)
    VALUES (%s, %s, %s, %s, %s, %s, string_to_array(%s, ','), %s::jsonb)
"""


class Audited(Protocol):
    """Something the audit can speak of."""

    pk: Any

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the id of the firm and the ids of the clients that a deed on this touches."""


def record(
    verb: str, target: Audited, *, by: Actor, client_ids: list[str] | None = None, **facts: Any
) -> None:
    """Append one deed in the caller's transaction; `facts` name changed fields, never their contents.

    `client_ids` names the clients whose papers were read, where the target alone does not tell.
    Raises ValueError for a verb that the enum does not list.
    """
    firm_id, own_client_ids = target.audit_scope()
    _append(
        Verb(verb),
        by=by,
        firm_id=firm_id,
        client_ids=own_client_ids if client_ids is None else client_ids,
        target=_named(target),
        facts=facts,
    )


def record_read(
    verb: str, *, by: Actor, client_ids: list[str], target: Audited | None = None, **facts: Any
) -> None:
    """Append that somebody was shown rows, once for all of them; for the doors, which alone know what they show.

    Raises ValueError for a verb that the enum does not list.
    """
    _append(
        Verb(verb),
        by=by,
        firm_id=by.firm_id,
        client_ids=client_ids,
        target=_named(target) if target else NO_TARGET,
        facts=facts,
    )


def record_refusal(error: Exception, *, by: Actor, door: str, tried: Audited | None = None) -> None:
    """Append a refusal, of the row that was `tried`; for the translators alone, after the rollback."""
    client_ids = {*getattr(error, "client_ids", ()), *(tried.audit_scope()[1] if tried else ())}
    _append(
        Verb(getattr(error, "verb", Verb.ACCESS_REFUSED)),
        by=by,
        firm_id=by.firm_id,
        client_ids=sorted(client_ids),
        target=_named(tried) if tried else NO_TARGET,
        facts={"refusal": type(error).__name__, "door": door, **getattr(error, "facts", {})},
    )


def _named(target: Audited) -> tuple[str, str]:
    return target.__class__.__name__.lower(), str(target.pk)


def _append(
    verb: Verb,
    *,
    by: Actor,
    firm_id: int | None,
    client_ids: list[str],
    facts: dict[str, Any],
    target: tuple[str, str],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            APPEND, [firm_id, by.email, by.pk, verb, *target, ",".join(client_ids), json.dumps(facts)]
        )
