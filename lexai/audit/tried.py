"""Which row a refused request was about: it was hidden from whoever asked, not from the firm's administrators."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model

from lexai.audit.record import Audited
from lexai.characters import is_storable
from lexai.system import SYSTEM, Actor

OWNERS = {"client", "user"}  # whose firm is the row's own, fetched along


def row_tried(request: Any, *, by: Actor) -> Audited | None:
    """Return the row that the address names, as `rows_tried` finds it; one query at most."""
    model, key = _named(request)
    return None if model is None else rows_tried(model, [key], by=by).get(key)


def rows_tried(model: type[Model], keys: Iterable[str], *, by: Actor) -> dict[str, Audited]:
    """Return, by their keys, those rows that belong to the firm of whoever asks, behind walls too.

    One query at most. A row of another firm is none, and neither is what only looks like a key.
    """
    asked = [key for key in keys if _is_key(model, key)]
    if not asked or not hasattr(model, "audit_scope"):
        return {}
    owners = [field.name for field in model._meta.fields if field.name in OWNERS]
    rows = model.objects.visible_to(SYSTEM).select_related(*owners)  # type: ignore[attr-defined]
    found = rows.filter(pk__in=asked)
    return {str(row.pk): row for row in found if row.audit_scope()[0] == by.firm_id}


def _is_key(model: type[Model], key: str) -> bool:
    try:
        model._meta.pk.to_python(key)
    except ValidationError:
        return False
    return is_storable(key)


def _named(request: Any) -> tuple[type[Model] | None, str]:
    """Return model and key of the row in the address: the client where one stands in it, else what it shows."""
    page = request.resolver_match
    if page is None:
        return None, ""
    client_id = page.kwargs.get("client_id")
    door = getattr(page.func, "model_admin", None) or getattr(page.func, "cls", page.func)
    key = page.kwargs.get("pk", unquote(page.kwargs.get("object_id", "")))
    if client_id or not key:
        return apps.get_model("clients", "Client"), client_id or request.GET.get("client", "")
    shown = getattr(door, "model", None)
    return shown and shown._meta.concrete_model, str(key)
