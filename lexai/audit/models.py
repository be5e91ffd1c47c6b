"""The table of the audit: appended to, never changed."""

from datetime import datetime
from typing import Any, NoReturn, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from lexai.database import Index
from lexai.system import Actor


class AppendOnly(TypeError):
    """Audit events are appended and never changed or deleted."""


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the events of the firm that the user administers; the system sees all."""
        if not user.is_active:
            return self.none()
        if user.is_system:
            return self
        return self.filter(firm_id=user.firm_id) if user.is_staff else self.none()

    def deeds_of(self, actor: Actor, verb: str, since: datetime) -> Self:
        """Return what one person did of one kind since a moment."""
        return self.filter(actor_id=actor.pk, verb=verb, occurred_at__gte=since)

    def of_client(self, client_id: str, firm_id: int) -> Self:
        """Return all that touched one client, as its own firm may know it, the newest first."""
        return self.filter(firm_id=firm_id, client_ids__contains=[client_id]).order_by("-pk")

    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnly(AppendOnly.__doc__)

    def delete(self) -> NoReturn:
        raise AppendOnly(AppendOnly.__doc__)


class AuditEvent(models.Model):
    """One deed: strings and ids without foreign keys, so that it outlives what it tells of."""

    firm_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=50)
    target_type = models.CharField(max_length=50, blank=True)
    target_id = models.CharField(max_length=50, blank=True)
    client_ids = ArrayField(models.CharField(max_length=50), default=list)
    facts = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        db_table = "audit_events"
        indexes = [
            # the firm's audit, newest first
            Index(fields=["firm_id", "-id"], name="ix_audit_events_firm"),
            # what one person did, and how much of one kind lately
            Index(fields=["actor_id", "verb", "occurred_at"], name="ix_audit_events_actor"),
            # all that happened to one row
            Index(fields=["firm_id", "target_type", "target_id"], name="ix_audit_events_target"),
            # all that touched one client
            GinIndex(fields=["client_ids"], name="ix_audit_events_clients"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append the event; raise AppendOnly when it stands already."""
        if not self._state.adding:
            raise AppendOnly(AppendOnly.__doc__)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly(AppendOnly.__doc__)
