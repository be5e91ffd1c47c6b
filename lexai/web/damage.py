"""Values that do not open: a page shows them as damaged, and the audit is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from lexai import audit
from lexai.encryption.fields import damage_shown


def shows_damage(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have what does not open read as damaged while the view runs; record the place of each, once.

    It stands below `login_required`: the audit says who met the damage.
    """

    @wraps(view)
    def shown(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with damage_shown() as found:
            response = view(request, *args, **kwargs)
        for error in found.values():
            audit.record_refusal(error, by=request.user, door="web")
        return response

    return shown
