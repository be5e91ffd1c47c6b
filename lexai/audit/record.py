"""Writing the audit: the services record deeds, the translators record refusals."""

from typing import Any, Protocol

from django.apps import apps

from lexai.audit.verbs import Verb
from lexai.system import Actor


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
        target_type=type(target).__name__.lower(),
        target_id=str(target.pk),
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
        target_type=type(target).__name__.lower() if target else "",
        target_id=str(target.pk) if target else "",
        facts=facts,
    )


def record_refusal(error: Exception, *, by: Actor, door: str) -> None:
    """Append a refusal; for the translators alone, after the rollback."""
    _append(
        Verb.ACCESS_REFUSED,
        by=by,
        firm_id=by.firm_id,
        facts={"refusal": type(error).__name__, "door": door},
    )


def _append(verb: Verb, *, by: Actor, **columns: Any) -> None:
    event = apps.get_model("audit", "AuditEvent")  # the model cannot be imported before the apps are ready
    event.objects.create(verb=verb, actor=by.email, actor_id=by.pk, **columns)
