"""Clients in the back office; `documents`, which alone can delete one, registers them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin import BackOfficeAdmin, BackOfficeInline
from accounts.models import User
from clients import policies, services
from clients.forms import ClientForm
from clients.models import Client, Member


class MemberInline(BackOfficeInline):
    """The people who see the client while it is restricted."""

    model = Member
    fields = ["user", "added_at"]
    readonly_fields = ["added_at"]
    ordering = ["added_at", "pk"]
    verbose_name_plural = "members: who sees the client while it is restricted"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("user")

    def get_field_queryset(self, db: str | None, db_field: Any, request: Any) -> QuerySet[Any]:
        return super().get_field_queryset(db, db_field, request).filter(is_active=True).order_by("email")

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return obj is not None and policies.can_manage_members(request.user, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return obj is not None and policies.can_manage_members(request.user, obj)


class ClientAdmin(BackOfficeAdmin):
    noun = "client"
    client_id_column = "pk"
    form = ClientForm
    list_display = ["id", "name", "case_number", "case_type", "is_restricted", "updated_at"]
    list_display_links = ["id", "name"]
    list_filter = ["is_restricted", "case_type", "updated_at"]
    search_fields = ["id", "name__holds", "case_number__holds"]
    search_help_text = "part of id, name or case number; or a whole e-mail address or telephone number"
    ordering = ["-updated_at", "pk"]
    fields = ["id", *ClientForm.Meta.fields, "created_at", "updated_at"]
    readonly_fields = ["id", "created_at", "updated_at"]
    inlines = [MemberInline]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else ClientForm.Meta.fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def has_add_permission(self, request: Any) -> bool:
        return super().has_view_permission(request) and policies.can_open_client(
            request.user, request.user.firm_id
        )

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        may_enter = super().has_view_permission(request)
        return may_enter and (obj is None or policies.can_change_client(request.user, obj))

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        """Find what the database finds, and whom an e-mail address or a telephone number reaches."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        reached = queryset.reached_at(search_term).values("pk")
        either = Q(pk__in=found.order_by().values("pk")) | Q(pk__in=reached.order_by())
        return (queryset.filter(either) if search_term else found), may_repeat

    def history_of(self, row: Client) -> dict[str, str]:
        return {"client": row.pk}

    def save_model(self, request: Any, obj: Client, form: Any, change: bool) -> None:
        changed = set(form.changed_data) & services.CHANGEABLE
        if not change:
            obj.firm = request.user.firm
            services.open_client(obj, by=request.user)
        elif changed:
            version = form.cleaned_data["version"]
            services.change_client(obj, by=request.user, changed=changed, version=version)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Build the wall or take it down, and let people through it, each by its service."""
        client, by = form.instance, request.user
        joining = [user for formset in formsets for user in _joining(formset)]
        leaving = [user for formset in formsets for user in _leaving(formset)]
        has_saved = not change or services.CHANGEABLE & set(form.changed_data)  # which looked at the version
        version = None if has_saved else form.cleaned_data["version"]
        if "is_restricted" in form.changed_data and form.cleaned_data["is_restricted"]:
            services.restrict_client(client, by=by, members=joining, version=version)
            joining = []
        elif "is_restricted" in form.changed_data:
            services.unrestrict_client(client, by=by, version=version)
            leaving = []  # all have left
        for user in joining:
            services.add_member(client, user, by=by)
        for user in leaving:
            services.remove_member(client, user, by=by)


def _joining(formset: Any) -> list[User]:
    return [
        one.cleaned_data["user"]
        for one in formset.extra_forms
        if one.has_changed() and one not in formset.deleted_forms
    ]


def _leaving(formset: Any) -> list[User]:
    """Return whom the form strikes out, of those who are members: what else it names was not on the page."""
    return [one.instance.user for one in formset.deleted_forms if one.instance.pk]
