"""How the pages of accounts show a form, and what was done."""

from typing import Any, TypeVar

from django.http import HttpRequest

from accounts.forms import PageForm

Form = TypeVar("Form", bound=PageForm)
SIGNED_OUT = "signed_out"
TOLD = {
    "deactivate": "Deactivated. The account, its sessions and its tokens have ended.",
    "changed": "Saved.",
    "invited": "Invited. A mail with a link to choose the password is on its way.",
    "names": "Your name is saved.",
    "password": "Your password is changed. All your other sessions have ended.",
    "reactivate": "Reactivated. A mail with a link to choose a password is on its way.",
    "release_lockout": "Released. The account can be signed in to again at once.",
    "revoked": "The token is revoked.",
    "send_link": "A mail with a new link is on its way.",
    "sessions": "Signed out there.",
    "shortcuts": "Your keyboard is set.",
    SIGNED_OUT: "You are signed out, in the other tabs of this browser, too.",
    "welcome": "Your password is set. Sign in with it.",
}


def form_sent(kind: type[Form], request: HttpRequest, *, initial: Any = None) -> Form:
    """Return the form as sent, with the refusal that it met, or as it stands at first."""
    form = kind(request.POST) if request.method == "POST" else kind(initial=initial)
    form.refusal = getattr(request, "refusal", None)
    return form


def told(request: HttpRequest) -> str:
    """Return what the page before this one did, in words; the address names it."""
    return TOLD.get(request.GET.get("told", ""), "")
