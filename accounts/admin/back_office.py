"""What every page of the back office shares: whose rows, which reads are recorded, how a refusal is told."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts import policies
from accounts.forms import RefusableForm
from accounts.models import User
from lexai import audit
from lexai.audit.tried import rows_tried
from lexai.characters import is_storable
from lexai.errors import DomainError
from lexai.web.refusals import refusal_told


class Absent(DomainError):
    """A row that was chosen is not here: it has been deleted, or you may not see it."""

    status = 404


def opens_to(request: HttpRequest) -> bool:
    """Say whether whoever asks may enter the back office at all."""
    return isinstance(request.user, User) and policies.can_open_back_office(request.user)


def shown_time(moment: datetime | None) -> str:
    """Return a moment as the lists show theirs; a page of one row would show the bare value."""
    return "-" if moment is None else date_format(localtime(moment), "DATETIME_FORMAT")


class VisibleRows(BaseModelAdmin):
    """Show rows, and offer choices, from `visible_to`; nothing may be written."""

    ordering = ["-pk"]
    deferred: Sequence[str] = ()  # columns too large, or too secret, to be fetched

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(request.user)
        return visible.order_by(*self.get_ordering(request)).defer(*self.deferred)

    def get_field_queryset(self, db: str | None, db_field: Any, request: Any) -> QuerySet[Any]:
        """Return what a field that points at other rows offers."""
        visible: QuerySet[Any] = db_field.remote_field.model.objects.visible_to(request.user)
        return visible

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Return a plain field: no pop-ups that add or change the row it points at."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return opens_to(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class BackOfficeInline(VisibleRows, admin.TabularInline):
    """The rows that belong to one row, to be read."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class BackOfficeAdmin(VisibleRows, admin.ModelAdmin):
    """A table to be read: each page of it leaves one row in the audit.

    A subclass names the `noun` of its verbs in the audit, such as `client` for `client.listed` and
    `client.viewed`, and how a row names its client. One that writes overrides a permission, and calls a service
    where Django would save.
    """

    actions: Any = None
    form: type[forms.ModelForm] = RefusableForm
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False
    noun: ClassVar[str] = ""
    client_id_column: ClassVar[str | None] = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the filters on show only: any other column could be read letter by letter."""
        made = {getattr(one, "parameter_name", None) for one in self.list_filter}
        return lookup in made or lookup.partition("__")[0] in self.list_filter

    def has_module_permission(self, request: HttpRequest) -> bool:
        return opens_to(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    # Reads

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        page: Any = (getattr(response, "context_data", None) or {}).get("cl")
        if page:
            self.record_read(request, "listed", page.result_list, rows=len(page.result_list))
        return response

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["obj"] is not None:
            self.record_read(request, "viewed", [kwargs["obj"]], target=kwargs["obj"])
        return super().render_change_form(request, context, *args, **kwargs)

    def render_delete_form(self, request: Any, context: Any) -> HttpResponse:
        self.record_read(request, "viewed", [context["object"]], target=context["object"])
        return super().render_delete_form(request, context)

    def record_read(self, request: HttpRequest, deed: str, shown: Iterable[Any], **facts: Any) -> None:
        """Record once that these rows were shown."""
        if self.noun:
            by: Any = request.user
            column = self.client_id_column
            client_ids = sorted({getattr(row, column) for row in shown}) if column else []
            audit.record_read(f"{self.noun}.{deed}", by=by, client_ids=client_ids, **facts)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Lead to what the audit says about the row."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        address = reverse("admin:audit_auditevent_changelist")
        return HttpResponseRedirect(f"{address}?{urlencode(self.history_of(row))}")

    def history_of(self, row: Any) -> dict[str, str]:
        """Return the filters that show the row's own events."""
        return {"target": f"{self.opts.model_name} {row.pk}"}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a visible row, or None for whatever names none."""
        return super().get_object(request, object_id, from_field) if is_storable(object_id) else None

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: str) -> HttpResponse:
        """Answer alike for what is not there and for what may not be seen; Django would name it."""
        raise Http404

    # Writes

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        raise PermissionDenied

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Save nothing beside the row; who shows inlines that may be written calls their services here."""
        if formsets and any(formset.has_changed() for formset in formsets):
            raise PermissionDenied

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise PermissionDenied

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        raise PermissionDenied

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what a deletion takes along, in short: Django would list every page and passage."""
        names = [str(row) for row in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        return []

    # Django's own log stays empty: the audit has every deed

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    # Verbs on the rows that were chosen in a list

    def response_action(self, request: Any, queryset: Any, *location: Any) -> HttpResponse | None:
        """Run the chosen action, and tell which of the chosen rows are not here.

        Raises SuspiciousOperation for keys that no page of ours has sent.
        """
        chosen = set(request.POST.getlist(ACTION_CHECKBOX_NAME))
        for key in chosen:
            _demand_key(self.opts.pk, key)
        if request.POST.get("select_across") != "1":
            self._tell_absent(request, chosen - _keys(queryset.filter(pk__in=chosen)))
        return super().response_action(request, queryset, *location)

    def _tell_absent(self, request: Any, keys: Iterable[str]) -> None:
        hidden = rows_tried(self.opts.concrete_model or self.model, keys, by=request.user)
        for key in sorted(keys):
            with refusal_told(request, row=hidden.get(key)):
                raise Absent

    def for_each(
        self, request: HttpRequest, rows: QuerySet[Any], verb: Callable[..., Any], done: str
    ) -> None:
        """Do a verb for each row by itself; tell for how many it was `done`, and each refusal."""
        count = 0
        for row in rows:
            with refusal_told(request, str(row), row=row):
                verb(row, by=request.user)
                count += 1
        if count:
            messages.success(request, f"{done}: {count}.")


def _demand_key(field: Any, key: str) -> None:
    try:
        field.clean(key, None)
    except ValidationError as error:
        raise SuspiciousOperation from error
    if not is_storable(key):
        raise SuspiciousOperation


def _keys(rows: QuerySet[Any]) -> set[str]:
    return {str(key) for key in rows.values_list("pk", flat=True)}
