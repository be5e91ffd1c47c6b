"""The back office: Django's admin, read-only, seen through `visible_to`."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts import policies
from accounts.models import Firm, User
from lexai.audit.models import AuditEvent

admin.site.site_header = "LexAI back office"
admin.site.site_title = "LexAI"
admin.site.index_title = "The firm"
admin.site.unregister(Group)


def _opens_to(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and policies.can_open_back_office(request.user)


class BackOfficeAdmin(admin.ModelAdmin):
    """A table to be read: its rows come from `visible_to`, its door from the policies, and nothing is written."""

    actions = None
    ordering = ["-pk"]
    show_full_result_count = False
    deferred: Sequence[str] = ()  # columns too large for a list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(request.user)
        return visible.order_by(*self.get_ordering(request)).defer(*self.deferred)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the filters on show only: any other column could be read letter by letter."""
        return lookup.partition("__")[0] in self.list_filter

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _opens_to(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _opens_to(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Firm)
class FirmAdmin(BackOfficeAdmin):
    list_display = ["name", "created_at"]


@admin.register(User)
class UserAdmin(BackOfficeAdmin):
    list_display = ["email", "first_name", "last_name", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    exclude = ["password", "reset_token", "reset_token_expires"]


@admin.register(AuditEvent)
class AuditEventAdmin(BackOfficeAdmin):
    list_display = ["occurred_at", "actor", "verb", "target_type", "target_id"]
    list_filter = ["verb"]
    search_fields = ["actor", "target_id"]
