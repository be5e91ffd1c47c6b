"""The own account: names, password, sessions and tokens."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from accounts import services, sessions
from accounts.forms import NamesForm, PasswordForm, ShortcutsForm, TokenForm
from accounts.models import ApiToken, Session, User
from accounts.views.forms import form_sent, told
from lexai.web.forms import sent_from
from lexai.web.refusals import about, shows_refusals


@require_safe
@login_required
def account(request: Any) -> HttpResponse:
    """Show the own account: names, password, where one is signed in, and tokens."""
    return _account(request)


@sent_from("account")
@csrf_protect
@login_required
@shows_refusals
def change_names(request: Any) -> HttpResponse:
    """Change the own names."""
    form = form_sent(NamesForm, request)
    if not form.is_valid():
        return _account(request, names_form=form, status=400)
    _change_oneself(request, form.cleaned_data)
    return _done("names")


@sent_from("account")
@csrf_protect
@login_required
@shows_refusals
def change_shortcuts(request: Any) -> HttpResponse:
    """Turn the shortcuts of single keys on or off."""
    form = form_sent(ShortcutsForm, request)
    if not form.is_valid():
        return _account(request, shortcuts_form=form, status=400)
    _change_oneself(request, form.cleaned_data)
    return _done("shortcuts")


@sent_from("account")
@csrf_protect
@login_required
@shows_refusals
def change_password(request: Any) -> HttpResponse:
    """Change the own password; this session goes on, all others end."""
    form = form_sent(PasswordForm, request)
    if not form.is_valid():
        return _account(request, password_form=form, status=400)
    address = request.META["REMOTE_ADDR"]
    user = services.change_password(request.user, **form.cleaned_data, by=request.user, address=address)
    sessions.renew(request, user)
    return _done("password")


@sent_from("account")
@csrf_protect
@login_required
def end_session(request: Any, reference: str) -> HttpResponse:
    """Sign out elsewhere, in one of the other browsers."""
    others = Session.objects.visible_to(request.user).exclude(pk=request.session.session_key)
    services.end_session(get_object_or_404(others, reference=reference), by=request.user)
    return _done("sessions")


@sent_from("account")
@csrf_protect
@login_required
def end_other_sessions(request: Any) -> HttpResponse:
    """Sign out everywhere but here."""
    services.end_other_sessions(request.user, request.session.session_key, by=request.user)
    return _done("sessions")


@sent_from("account")
@csrf_protect
@login_required
@shows_refusals
def create_token(request: Any) -> HttpResponse:
    """Create a token and show its secret, this once: kept for a redirect, it would lie in the session's row."""
    form = form_sent(TokenForm, request)
    if not form.is_valid():
        return _account(request, token_form=form, status=400)
    wanted = dict(form.cleaned_data)
    expires_at = timezone.now() + timedelta(days=wanted.pop("days"))
    _token, secret = services.create_token(ApiToken(**wanted, expires_at=expires_at), by=request.user)
    return _account(request, secret=secret)


@sent_from("account")
@csrf_protect
@login_required
@about(ApiToken)
def revoke_token(request: Any, pk: int) -> HttpResponse:
    """Revoke one of the own tokens."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    services.revoke_token(token, by=request.user)
    return _done("revoked")


def _change_oneself(request: Any, wanted: dict[str, Any]) -> None:
    me = get_object_or_404(User.objects.visible_to(request.user), pk=request.user.pk)
    for field, value in wanted.items():
        setattr(me, field, value)
    services.change_user(me, by=request.user, changed=wanted)


def _done(deed: str) -> HttpResponse:
    return redirect(f"{reverse('account')}?told={deed}")


def _account(request: Any, *, status: int = 200, **words: Any) -> HttpResponse:
    me = request.user
    words = {
        "names_form": NamesForm(initial={"first_name": me.first_name, "last_name": me.last_name}),
        "shortcuts_form": ShortcutsForm(initial={"has_shortcuts": me.has_shortcuts}),
        "password_form": PasswordForm(),
        "sessions": Session.objects.visible_to(me).alive().order_by("-seen_at"),
        "this_session": request.session.session_key,
        "tokens": ApiToken.objects.visible_to(me).order_by("-pk"),
        "token_form": TokenForm(),
        "told": told(request),
        **words,
    }
    return render(request, "accounts/account.html", words, status=status)
