"""Conversations in the back office: to be read only."""

from django.contrib import admin

from accounts.admin import BackOfficeAdmin
from conversations.models import Citation, Message, Thread


@admin.register(Thread)
class ThreadAdmin(BackOfficeAdmin):
    list_display = ["id", "client", "created_at"]
    list_select_related = ["client"]


@admin.register(Message)
class MessageAdmin(BackOfficeAdmin):
    list_display = ["id", "client", "role", "status", "engine", "is_supported", "timestamp"]
    list_filter = ["role", "status", "engine", "is_supported"]
    list_select_related = ["client"]


@admin.register(Citation)
class CitationAdmin(BackOfficeAdmin):
    deferred = ["document__text"]
    list_display = ["id", "client", "message", "kind", "n", "document", "page", "is_verified"]
    list_filter = ["kind", "is_verified"]
    list_select_related = ["client", "message", "document"]
