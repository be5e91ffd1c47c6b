"""The pages of signing in and out, of the own account, and of a lost password."""

import re
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import devices, policies, services, sessions
from accounts.forms import LostPasswordForm, NewPasswordForm, PageForm, PasswordForm, SignInForm, TokenForm
from accounts.models import ApiToken
from lexai.web.refusals import shows_refusals

LOCAL = re.compile(r"/[^\\\x00-\x20\x7f-\x9f]*")
TOLD = {"password": "Your password is changed.", "welcome": "Your password is set. Sign in with it."}
asks_or_sends = require_http_methods(["GET", "HEAD", "POST"])
Form = TypeVar("Form", bound=PageForm)


def local_address(given: str | None) -> str:
    """Return an address of our own to go on to, or nothing: what leads elsewhere is dropped."""
    if not given or not LOCAL.fullmatch(given) or not url_has_allowed_host_and_scheme(given, set()):
        return ""
    return given


@require_safe
def home(request: Any) -> HttpResponse:
    """Send everybody on to where they may go."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    return redirect("today")


@asks_or_sends
@csrf_protect
@shows_refusals
def sign_in(request: Any) -> HttpResponse:
    """Let somebody in, and on to where they wanted to go; whoever is in already is sent there at once."""
    goal = local_address(request.POST.get("next") or request.GET.get("next"))
    is_only_passing = request.method != "POST" and "told" not in request.GET
    if is_only_passing and request.user.is_authenticated:
        return redirect(goal or "home")
    form = _form(SignInForm, request)
    if not form.is_valid():
        return _page(request, "sign_in", form, next=goal)
    email, address = form.cleaned_data["email"], request.META["REMOTE_ADDR"]
    is_known = devices.is_known(request, email)
    user = services.sign_in(email, form.cleaned_data["password"], address=address, is_known_device=is_known)
    sessions.begin(request, user)
    response = redirect(goal or "home")
    devices.remember(request, response, user)
    return response


@require_POST
@csrf_protect
def sign_out(request: Any) -> HttpResponse:
    """End the session; without one there is nothing to end."""
    if request.user.is_authenticated:
        services.sign_out(request.user, by=request.user)
        sessions.end(request)
    return redirect("sign-in")


@require_safe
def back_office_sign_in(request: Any) -> HttpResponse:
    """Send whoever wants into the back office to the one sign-in; refuse whom it would send back and forth."""
    goal = local_address(request.GET.get("next")) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': goal})}")
    if not policies.can_open_back_office(request.user):
        raise PermissionDenied
    return redirect(goal)


@require_safe
@login_required
def firm(request: Any) -> HttpResponse:
    """Show the people of the firm."""
    if not policies.can_manage_users(request.user, request.user.firm_id):
        raise PermissionDenied
    return render(request, "accounts/firm.html", {"view_place": "Firm"})


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the own account: its password can be changed, and its tokens are listed."""
    return _account(request)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def change_password(request: Any) -> HttpResponse:
    """Change the own password; this session goes on, all others end."""
    if request.method != "POST":  # the address of a refused form, entered again
        return redirect("account")
    form = _form(PasswordForm, request)
    if not form.is_valid():
        return _account(request, password_form=form, status=400)
    address = request.META["REMOTE_ADDR"]
    user = services.change_password(request.user, **form.cleaned_data, by=request.user, address=address)
    sessions.renew(request, user)
    return redirect(f"{reverse('account')}?told=password")


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def create_token(request: Any) -> HttpResponse:
    """Create a token and show its secret, this once: kept for a redirect, it would lie in the session's row."""
    if request.method != "POST":
        return redirect("account")
    form = _form(TokenForm, request)
    if not form.is_valid():
        return _account(request, token_form=form, status=400)
    wanted = dict(form.cleaned_data)
    expires_at = timezone.now() + timedelta(days=wanted.pop("days"))
    _token, secret = services.create_token(ApiToken(**wanted, expires_at=expires_at), by=request.user)
    return _account(request, secret=secret)


@require_POST
@csrf_protect
@login_required
def revoke_token(request: Any, pk: int) -> HttpResponse:
    """Revoke one of the own tokens."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    services.revoke_token(token, by=request.user)
    return redirect("account")


@asks_or_sends
@csrf_protect
@shows_refusals
def reset(request: HttpRequest) -> HttpResponse:
    """Have a link mailed; the answer is the same whether or not the address has an account."""
    form = _form(LostPasswordForm, request)
    if not form.is_valid():
        return _page(request, "reset", form)
    services.request_link(form.cleaned_data["email"], address=request.META["REMOTE_ADDR"])
    return _page(request, "reset", form, is_asked=True)


@asks_or_sends
@csrf_protect
@shows_refusals
def reset_set(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds a link choose the password; looking at the page uses nothing up."""
    form = _form(NewPasswordForm, request)
    if request.method != "POST" and not services.is_link_alive(token):
        raise services.LinkDead
    if not form.is_valid():
        return _page(request, "reset_set", form)
    address = request.META["REMOTE_ADDR"]
    user = services.set_password_by_link(token, form.cleaned_data["new"], address=address)
    response = redirect(f"{reverse('sign-in')}?told=welcome")
    devices.remember(request, response, user)
    return response


def _form(kind: type[Form], request: HttpRequest) -> Form:
    """Return the form as sent, with the refusal that it met, or an empty one."""
    form = kind(request.POST) if request.method == "POST" else kind()
    form.refusal = getattr(request, "refusal", None)
    return form


def _page(request: HttpRequest, name: str, form: PageForm, **words: Any) -> HttpResponse:
    words = {"form": form, "told": TOLD.get(request.GET.get("told", "")), **words}
    return render(request, f"accounts/{name}.html", words, status=400 if form.errors else 200)


def _account(request: Any, *, status: int = 200, **words: Any) -> HttpResponse:
    words = {
        "tokens": ApiToken.objects.visible_to(request.user).order_by("-pk"),
        "password_form": PasswordForm(),
        "token_form": TokenForm(),
        "told": TOLD.get(request.GET.get("told", "")),
        **words,
    }
    return render(request, "accounts/account.html", words, status=status)
