"""Which row a refused request was about: it was hidden from whoever asked, not from the firm's administrators."""

from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model

from lexai.audit.record import Audited
from lexai.errors import is_storable
from lexai.system import SYSTEM, Actor

OWNERS = {"client", "user"}  # whose firm is the row's own, fetched along


def row_tried(request: Any, *, by: Actor) -> Audited | None:
    """Return the row that the address names when it belongs to the firm of whoever asks, behind walls too.

    One query at most. A row of another firm is none, and neither is what only looks like a key.
    """
    model, key = _named(request)
    if model is None or not hasattr(model, "audit_scope") or not is_storable(key):
        return None
    try:
        model._meta.pk.to_python(key)
    except ValidationError:
        return None
    owners = [field.name for field in model._meta.fields if field.name in OWNERS]
    rows = model.objects.visible_to(SYSTEM).select_related(*owners)  # type: ignore[attr-defined]
    row: Any = rows.filter(pk=key).first()
    return row if row and row.audit_scope()[0] == by.firm_id else None


def _named(request: Any) -> tuple[type[Model] | None, str]:
    """Return model and key of the row in the address: the client where one stands in it, else what it shows."""
    page = request.resolver_match
    if page is None:
        return None, ""
    client_id = page.kwargs.get("client_id")
    door = getattr(page.func, "model_admin", None) or getattr(page.func, "cls", None)
    key = page.kwargs.get("pk", unquote(page.kwargs.get("object_id", "")))
    if client_id or not key:
        return apps.get_model("clients", "Client"), client_id or request.GET.get("client", "")
    shown = getattr(door, "model", None)
    return shown and shown._meta.concrete_model, str(key)
