"""What the views of forms share, in every app."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

asks_or_sends = require_http_methods(["GET", "HEAD", "POST"])


def sent_from(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Have a view take what forms on a `page` send, and nothing else.

    Whoever enters its address, as the sign-in does for those whose session had ended, is led to the page.
    """

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @asks_or_sends
        @wraps(view)
        def sent(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs) if request.method == "POST" else redirect(page)

        return sent

    return mark
