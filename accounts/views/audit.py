"""The firm's audit, for its administrators: to be read, narrowed and taken along."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import policies
from accounts.client_names import names_of_clients
from accounts.firm_tabs import firm_words
from accounts.forms import AuditForm
from accounts.models import User
from lexai import audit
from lexai.audit.export import HEADERS, MEDIA_TYPE, csv_lines
from lexai.audit.models import AuditEvent
from lexai.audit.words import Names, actor_of, people_in, words_of
from lexai.errors import require
from lexai.web.numbers import ID_MOST, whole_number

EVENTS_ON_A_PAGE, CLIENTS_OF_AN_EVENT = 50, 3


@dataclass(frozen=True)
class Touched:
    """A client that an event touched: by name to whoever may see it, else by id."""

    client_id: str
    name: str


@dataclass(frozen=True)
class Deed:
    """An event as people read it: the name of whoever did it, the words that follow it, and what it is about."""

    event: AuditEvent
    actor: str
    words: str
    about: str
    clients: list[Touched]
    more: int  # clients that it touched beside these


@require_safe
@login_required
def listed(request: Any) -> HttpResponse:
    """List what was done in the firm, the newest first, page after page: nothing is counted."""
    require(policies.can_read_audit(request.user))
    form = AuditForm(request.GET, by=request.user)
    if not form.is_valid():
        return _page(request, form, [], status=400)
    events = form.narrowed(AuditEvent.objects.visible_to(request.user)).filter(pk__lt=_before(request))
    found = list(events.order_by("-pk")[: EVENTS_ON_A_PAGE + 1])
    shown = found[:EVENTS_ON_A_PAGE]
    deeds = list(_deeds(shown, by=request.user))
    named = {client.client_id for deed in deeds for client in deed.clients if client.name}
    audit.record_read("audit.listed", by=request.user, client_ids=sorted(named), rows=len(shown))
    older = shown[-1].pk if len(found) > len(shown) else None
    return _page(request, form, deeds, older=older)


@require_safe
@login_required
def exported(request: Any) -> HttpResponseBase:
    """Send all that the filters leave as CSV, and record that it was taken."""
    require(policies.can_read_audit(request.user))
    form = AuditForm(request.GET, by=request.user)
    if not form.is_valid():
        return _page(request, form, [], status=400)
    audit.record_read("audit.exported", by=request.user, client_ids=[], filters=sorted(_asked(request)))
    events = form.narrowed(AuditEvent.objects.visible_to(request.user)).order_by("-pk").iterator()
    return StreamingHttpResponse(csv_lines(events), content_type=MEDIA_TYPE, headers=HEADERS)


def _before(request: Any) -> int:
    """Return the id before which the page begins; what is none begins at the newest."""
    return whole_number(request.GET.get("before", "")) or ID_MOST


def _asked(request: Any) -> dict[str, str]:
    """Return the filters that are set, as they stand in the address."""
    return {name: request.GET[name] for name in AuditForm.base_fields if request.GET.get(name)}


def _deeds(events: list[AuditEvent], *, by: User) -> Iterator[Deed]:
    """Yield the events as people read them; clients and papers are named to those alone who may see them."""
    people = User.objects.visible_to(by).filter(pk__in=people_in(events))
    names = Names({one.pk: one.display_name for one in people})
    touched = {client_id for event in events for client_id in event.client_ids[:CLIENTS_OF_AN_EVENT]}
    named = names_of_clients(touched, by=by)
    for event in events:
        shown = event.client_ids[:CLIENTS_OF_AN_EVENT]
        yield Deed(
            event,
            actor_of(event, names),
            words_of(event, names),
            _about(event, names),
            [Touched(client_id, named.get(client_id, "")) for client_id in shown],
            len(event.client_ids) - len(shown),
        )


def _about(event: AuditEvent, names: Names) -> str:
    """Return whom or what an event is about, where its words and its clients do not say so."""
    if event.target_type == "user":
        name = names.people.get(int(event.target_id), "")
        return "" if event.target_id == str(event.actor_id) or name in words_of(event, names) else name
    is_told = not event.target_type or event.target_id in event.client_ids
    return "" if is_told else f"{event.target_type} {event.target_id}"


def _page(
    request: Any, form: AuditForm, deeds: list[Deed], *, status: int = 200, **words: Any
) -> HttpResponse:
    asked = _asked(request)
    words = {
        **firm_words("Audit"),
        "form": form,
        "deeds": deeds,
        "asked": urlencode(asked),
        "is_newest": "before" not in request.GET,
        **words,
    }
    return render(request, "accounts/audit.html", words, status=status)
