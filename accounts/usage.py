"""How much a firm uses LexAI: deeds counted in its audit, and the room that its papers take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import User
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb

MONTHS = 12
COUNTED = {
    "questions": Verb.QUESTION_ASKED,
    "documents": Verb.DOCUMENT_ADDED,
    "clients": Verb.CLIENT_OPENED,
}
# What apps above store for a firm, in bytes; they add theirs when they are ready.
STORED_BYTES: list[Callable[[int], int]] = []


@dataclass(frozen=True)
class Month:
    """What was done in a month: deeds, and how many people signed in."""

    begins_at: datetime
    questions: int = 0
    documents: int = 0
    clients: int = 0
    people: int = 0


def months_of(administrator: User) -> list[Month]:
    """Return the last MONTHS months of the administrator's firm, this one first, those without a deed too."""
    starts = _starts(timezone.now())
    found = {row.pop("month"): row for row in _counted(administrator, since=starts[-1])}
    return [Month(start, **found.get(start, {})) for start in starts]


def stored_bytes(administrator: User) -> int:
    """Return how many bytes the papers of the firm take, behind walls too."""
    return sum(stored(administrator.firm_id) for stored in STORED_BYTES)


def _counted(administrator: User, *, since: datetime) -> list[dict[str, Any]]:
    """Count in one query, along the index of what each person did: most of the audit tells of reads."""
    people = User.objects.visible_to(administrator).values("pk")
    by_somebody = Q(actor_id__in=people) | Q(actor_id__isnull=True)  # or by the machine: an import
    deeds = AuditEvent.objects.visible_to(administrator).filter(
        by_somebody, verb__in=[*COUNTED.values(), Verb.SESSION_STARTED], occurred_at__gte=since
    )
    numbers = {name: Count("pk", filter=Q(verb=verb)) for name, verb in COUNTED.items()}
    people_seen = Count("actor_id", filter=Q(verb=Verb.SESSION_STARTED), distinct=True)
    by_month = deeds.annotate(month=TruncMonth("occurred_at")).order_by().values("month")
    counted: Any = by_month.annotate(**numbers, people=people_seen)
    return list(counted)


def _starts(now: datetime) -> list[datetime]:
    """Return the beginnings of the last MONTHS months, the newest first."""
    count = now.year * 12 + now.month - 1
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [
        first.replace(year=number // 12, month=number % 12 + 1) for number in range(count, count - MONTHS, -1)
    ]
