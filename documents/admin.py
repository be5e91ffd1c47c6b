"""Documents in the back office: to be read only."""

from django.contrib import admin

from accounts.admin import BackOfficeAdmin
from documents.models import Document, Page, Passage, SearchIndex


@admin.register(Document)
class DocumentAdmin(BackOfficeAdmin):
    deferred = ["text"]
    list_display = [
        "id",
        "filename",
        "client",
        "status",
        "refusal",
        "page_count",
        "size_bytes",
        "upload_date",
    ]
    list_filter = ["status", "refusal", "media_type"]
    list_select_related = ["client"]
    search_fields = ["filename"]
    exclude = ["text"]


@admin.register(Page)
class PageAdmin(BackOfficeAdmin):
    deferred = ["document__text"]
    list_display = ["id", "document", "number", "start", "end"]
    list_select_related = ["document"]


@admin.register(Passage)
class PassageAdmin(BackOfficeAdmin):
    deferred = ["document__text"]
    list_display = ["id", "client", "document", "page", "start", "end", "heading"]
    list_select_related = ["client", "document"]


@admin.register(SearchIndex)
class SearchIndexAdmin(BackOfficeAdmin):
    deferred = ["content"]
    list_display = ["client", "version", "updated_at"]
    list_select_related = ["client"]
    exclude = ["content"]
