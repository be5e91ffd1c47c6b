"""The own account: names, password, sessions and tokens."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts import services, sessions
from accounts.forms import NamesForm, PasswordForm, TokenForm
from accounts.models import ApiToken, Session, User
from accounts.views.forms import asks_or_sends, form_sent, told
from lexai.web.refusals import about, shows_refusals


@require_safe
@login_required
def account(request: Any) -> HttpResponse:
    """Show the own account: names, password, where one is signed in, and tokens."""
    return _account(request)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def change_names(request: Any) -> HttpResponse:
    """Change the own names."""
    if request.method != "POST":  # the address of a refused form, entered again
        return redirect("account")
    form = form_sent(NamesForm, request)
    if not form.is_valid():
        return _account(request, names_form=form, status=400)
    me = get_object_or_404(User.objects.visible_to(request.user), pk=request.user.pk)
    me.first_name, me.last_name = form.cleaned_data["first_name"], form.cleaned_data["last_name"]
    services.change_user(me, by=request.user, changed=form.cleaned_data)
    return _done("names")


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def change_password(request: Any) -> HttpResponse:
    """Change the own password; this session goes on, all others end."""
    if request.method != "POST":
        return redirect("account")
    form = form_sent(PasswordForm, request)
    if not form.is_valid():
        return _account(request, password_form=form, status=400)
    address = request.META["REMOTE_ADDR"]
    user = services.change_password(request.user, **form.cleaned_data, by=request.user, address=address)
    sessions.renew(request, user)
    return _done("password")


@require_POST
@csrf_protect
@login_required
def end_session(request: Any, reference: str) -> HttpResponse:
    """Sign out elsewhere, in one of the other browsers."""
    others = Session.objects.visible_to(request.user).exclude(pk=request.session.session_key)
    services.end_session(get_object_or_404(others, reference=reference), by=request.user)
    return _done("sessions")


@require_POST
@csrf_protect
@login_required
def end_other_sessions(request: Any) -> HttpResponse:
    """Sign out everywhere but here."""
    services.end_other_sessions(request.user, request.session.session_key, by=request.user)
    return _done("sessions")


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def create_token(request: Any) -> HttpResponse:
    """Create a token and show its secret, this once: kept for a redirect, it would lie in the session's row."""
    if request.method != "POST":
        return redirect("account")
    form = form_sent(TokenForm, request)
    if not form.is_valid():
        return _account(request, token_form=form, status=400)
    wanted = dict(form.cleaned_data)
    expires_at = timezone.now() + timedelta(days=wanted.pop("days"))
    _token, secret = services.create_token(ApiToken(**wanted, expires_at=expires_at), by=request.user)
    return _account(request, secret=secret)


@require_POST
@csrf_protect
@login_required
@about(ApiToken)
def revoke_token(request: Any, pk: int) -> HttpResponse:
    """Revoke one of the own tokens."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    services.revoke_token(token, by=request.user)
    return _done("revoked")


def _done(deed: str) -> HttpResponse:
    return redirect(f"{reverse('account')}?told={deed}")


def _account(request: Any, *, status: int = 200, **words: Any) -> HttpResponse:
    me = request.user
    words = {
        "names_form": NamesForm(initial={"first_name": me.first_name, "last_name": me.last_name}),
        "password_form": PasswordForm(),
        "sessions": Session.objects.visible_to(me).alive().order_by("-seen_at"),
        "this_session": request.session.session_key,
        "tokens": ApiToken.objects.visible_to(me).order_by("-pk"),
        "token_form": TokenForm(),
        "told": told(request),
        **words,
    }
    return render(request, "accounts/account.html", words, status=status)
