"""Documents in the back office, and clients with all that deleting one takes along."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

import clients.admin
from accounts.admin import BackOfficeAdmin
from clients.models import Client
from clients.policies import can_delete_client
from documents import policies, services
from documents.extraction import PasswordProtected
from documents.models import Document

_PROTECTED = (
    "“{}” is protected by a password, and no password can be given here. Give it where the paper was added, or to the "
    "interface for programs: POST /api/v1/documents/{}/retry/ with “password”."
)


@admin.register(Client)
class ClientAdmin(clients.admin.ClientAdmin):
    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        may_enter = self.has_view_permission(request)
        return may_enter and (obj is None or can_delete_client(request.user, obj))

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """Return what goes with a client: its papers and its conversations, as counts."""
        names, counts, *rest = super().get_deleted_objects(objs, request)
        counts["documents"] = Document.objects.visible_to(request.user).filter(client__in=objs).count()
        counts["questions and answers"] = sum(client.messages.count() for client in objs)
        return names, counts, *rest

    def delete_model(self, request: Any, obj: Client) -> None:
        services.delete_client(obj, by=request.user)


@admin.register(Document)
class DocumentAdmin(BackOfficeAdmin):
    noun = "document"
    client_id_column = "client_id"
    list_display = ["filename", "of", "state", "how_far", "reason", "size", "page_count", "upload_date"]
    list_filter = ["status", "refusal", "upload_date"]
    list_select_related = ["client"]
    search_fields = ["filename__holds", "client__id", "client__name__holds", "client__case_number__holds"]
    ordering = ["-upload_date", "-pk"]
    actions = ["retry", "delete_selected"]
    fields = [
        "filename",
        "of",
        "came_in",
        "state",
        "how_far",
        "reason",
        "size",
        "page_count",
        "media_type",
        "remarks",
        "uploaded_by",
        "upload_date",
    ]
    readonly_fields = ["of", "came_in", "state", "how_far", "reason", "size", "remarks"]

    @admin.display(description="client", ordering="client__name")
    def of(self, document: Document) -> str:
        return f"{document.client.name} ({document.client_id})"

    @admin.display(description="state", ordering="status")
    def state(self, document: Document) -> str:
        return str(document.get_status_display())

    @admin.display(description="came in")
    def came_in(self, document: Document) -> str:
        return document.parent.filename if document.parent else "-"

    @admin.display(description="pages read")
    def how_far(self, document: Document) -> str:
        progress = document.progress
        return "{pages_read:,} of {pages:,}".format(**progress) if progress else "-"

    @admin.display(description="why it was refused", ordering="refusal")
    def reason(self, document: Document) -> str:
        return document.refusal_message or "-"

    @admin.display(description="size", ordering="size_bytes")
    def size(self, document: Document) -> str:
        return filesizeformat(document.size_bytes)

    @admin.display(description="remarks of the reader")
    def remarks(self, document: Document) -> str:
        return " ".join(map(str, document.warnings)) or "-"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        may_enter = self.has_view_permission(request)
        return may_enter and (obj is None or policies.can_delete_document(request.user, obj))

    def delete_model(self, request: Any, obj: Document) -> None:
        services.delete_document(obj, by=request.user)

    @admin.action(description="Read the selected documents again", permissions=["retry"])
    def retry(self, request: Any, rows: QuerySet[Document]) -> None:
        protected = [document for document in rows if document.refusal == PasswordProtected.code]
        self.for_each(request, rows, services.retry_document, "Waiting to be read again")
        for document in protected:
            messages.warning(request, _PROTECTED.format(document.filename, document.pk))

    @admin.action(description="Delete the selected documents", permissions=["delete"])
    def delete_selected(self, request: Any, rows: QuerySet[Document]) -> Any:
        """Ask first, on Django's own page, and then delete each by itself."""
        if not request.POST.get("post"):
            self.record_read(request, "listed", rows, rows=len(rows))
            return delete_selected(self, request, rows)
        return self.for_each(request, rows, services.delete_document, "Deleted")
