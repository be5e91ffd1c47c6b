"""The firm's audit over REST, for its administrators."""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts import policies
from accounts.serializers import AuditEventSerializer
from lexai import audit
from lexai.api.views import Listed, PracticeViewSet
from lexai.audit.export import HEADERS, MEDIA_TYPE, csv_lines
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb
from lexai.errors import require


class AuditFilters(filters.FilterSet):
    """How the audit can be narrowed and ordered."""

    verb = filters.ChoiceFilter(choices=[(verb.value, verb.value) for verb in Verb])
    actor = filters.CharFilter(help_text="the e-mail address of whoever acted")
    client = filters.CharFilter(method="touching", help_text="the id of a client")
    target_type = filters.CharFilter()
    target_id = filters.CharFilter()
    since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")
    ordering = filters.OrderingFilter(fields={"pk": "occurred_at"})  # ids are drawn in the order of events

    def touching(self, rows: QuerySet[AuditEvent], _name: str, client_id: str) -> QuerySet[AuditEvent]:
        return rows.filter(client_ids__contains=[client_id])


class AuditViewSet(Listed, PracticeViewSet):
    """What was done in the firm, and what was refused; reading it is a deed itself."""

    model = AuditEvent
    noun = "audit"
    serializer_class = AuditEventSerializer
    filterset_class = AuditFilters

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require(policies.can_read_audit(self.by))

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Refuse nobody the export for what they accept: it is CSV and nothing else."""
        return super().perform_content_negotiation(request, force=force or self.action == "export")

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR}, filters=True)
    def export(self, request: Request) -> StreamingHttpResponse:
        """Send all events that the filters leave as CSV in UTF-8, the newest first."""
        events = self.filter_queryset(self.get_queryset())
        filtered_by = sorted(request.query_params)
        audit.record_read("audit.exported", by=self.by, client_ids=[], filters=filtered_by)
        return StreamingHttpResponse(csv_lines(events.iterator()), content_type=MEDIA_TYPE, headers=HEADERS)
