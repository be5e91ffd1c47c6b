"""The firm's audit in the back office: to be searched, read and exported."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from accounts.admin.back_office import BackOfficeAdmin
from accounts.models import User
from lexai import audit
from lexai.audit.export import HEADERS, MEDIA_TYPE, csv_lines
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb

CLIENTS_IN_A_LIST = 2


class TypedFilter(admin.SimpleListFilter):
    """A filter whose value is typed in."""

    template = "admin/typed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "")]  # a filter that offers nothing is not shown

    def choices(self, changelist: Any) -> Iterator[Any]:
        query = changelist.get_query_string(remove=[self.parameter_name, "p"])
        yield {"name": self.parameter_name, "value": self.value() or "", "kept": parse_qsl(query[1:])}


class ClientFilter(TypedFilter):
    title = "client's id"
    parameter_name = "client"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        client_id = (self.value() or "").strip()
        return queryset.filter(client_ids__contains=[client_id]) if client_id else queryset


class TargetFilter(TypedFilter):
    title = "row, such as document 12"
    parameter_name = "target"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        target_type, _, target_id = (self.value() or "").strip().partition(" ")
        return queryset.filter(target_type=target_type, target_id=target_id) if target_type else queryset


class ChosenFilter(admin.SimpleListFilter):
    """A filter with more values than a list of links could hold."""

    template = "admin/chosen_filter.html"

    def choices(self, changelist: Any) -> Iterator[Any]:
        query = changelist.get_query_string(remove=[self.parameter_name, "p"])
        offered = [(value, label, value == self.value()) for value, label in self.lookup_choices]
        yield {"name": self.parameter_name, "offered": offered, "kept": parse_qsl(query[1:])}


class ActorFilter(ChosenFilter):
    title = "person"
    parameter_name = "actor"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        people = User.objects.visible_to(request.user).order_by("email")
        return [(email, email) for email in [*people.values_list("email", flat=True), "system"]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor=self.value()) if self.value() else queryset


class VerbFilter(ChosenFilter):
    title = "deed"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(verb.value, verb.value) for verb in Verb]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(BackOfficeAdmin):
    noun = "audit"
    list_display = ["occurred_at", "actor", "verb", "target", "clients_in_short"]
    list_filter = ["occurred_at", ClientFilter, TargetFilter, ActorFilter, VerbFilter]
    fields = ["occurred_at", "actor", "verb", "target", "clients", "facts"]
    readonly_fields = ["occurred_at", "actor", "verb", "target", "clients", "facts"]

    @admin.display(description="row")
    def target(self, event: AuditEvent) -> str:
        return f"{event.target_type} {event.target_id}".strip()

    @admin.display(description="clients")
    def clients(self, event: AuditEvent) -> str:
        return ", ".join(event.client_ids) or "-"

    @admin.display(description="clients")
    def clients_in_short(self, event: AuditEvent) -> str:
        first = event.client_ids[:CLIENTS_IN_A_LIST]
        more = len(event.client_ids) - len(first)
        return ", ".join([*first, f"and {more} more"] if more else first) or "-"

    def get_urls(self) -> list[URLPattern]:
        exported = self.admin_site.admin_view(require_GET(self.export_view))
        return [path("export/", exported, name="audit_auditevent_export"), *super().get_urls()]

    def export_view(self, request: Any) -> HttpResponseBase:
        """Return the events that the list's filters leave, as CSV; record that they were taken."""
        try:
            shown: Any = self.get_changelist_instance(request)
        except IncorrectLookupParameters as error:
            raise SuspiciousOperation from error
        audit.record_read("audit.exported", by=request.user, client_ids=[], filters=sorted(request.GET))
        events = shown.get_queryset(request).iterator()
        return StreamingHttpResponse(csv_lines(events), content_type=MEDIA_TYPE, headers=HEADERS)
