"""The pages of signing in and out, and of a lost password."""

import re
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts import devices, policies, services, sessions
from accounts.forms import LostPasswordForm, NewPasswordForm, PageForm, SignInForm
from accounts.views.forms import SIGNED_OUT, form_sent, told
from lexai.web.forms import asks_or_sends
from lexai.web.refusals import shows_refusals

LOCAL = re.compile(r"/[^\\\x00-\x20\x7f-\x9f]*")


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
    is_only_passing = request.method != "POST" and request.GET.get("told") != "welcome"
    if is_only_passing and request.user.is_authenticated:
        return redirect(goal or "home")
    form = form_sent(SignInForm, request)
    if not form.is_valid():
        is_signed_out = request.GET.get("told") == SIGNED_OUT
        return _page(request, "sign_in", form, next=goal, is_signed_out=is_signed_out)
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
    return redirect(f"{reverse('sign-in')}?told={SIGNED_OUT}")


@require_safe
def back_office_sign_in(request: Any) -> HttpResponse:
    """Send whoever wants into the back office to the one sign-in; refuse whom it would send back and forth."""
    goal = local_address(request.GET.get("next")) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': goal})}")
    if not policies.can_open_back_office(request.user):
        raise PermissionDenied
    return redirect(goal)


@asks_or_sends
@csrf_protect
@shows_refusals
def reset(request: HttpRequest) -> HttpResponse:
    """Have a link mailed; the answer is the same whether or not the address has an account."""
    form = form_sent(LostPasswordForm, request)
    if not form.is_valid():
        return _page(request, "reset", form)
    services.request_link(form.cleaned_data["email"], address=request.META["REMOTE_ADDR"])
    return _page(request, "reset", form, is_asked=True)


@asks_or_sends
@csrf_protect
@shows_refusals
def reset_set(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever holds a link choose the password; looking at the page uses nothing up."""
    form = form_sent(NewPasswordForm, request)
    if not form.is_valid():
        owner = services.link_owner(token)
        return _page(
            request, "reset_set", form, owner=owner, status=200 if owner else services.LinkDead.status
        )
    address, wished = request.META["REMOTE_ADDR"], form.cleaned_data
    user = services.set_password_by_link(
        token, wished["new"], address=address, ends_tokens=wished["ends_tokens"]
    )
    sessions.end(request)  # it may be one of those that ended with the password
    response = redirect(f"{reverse('sign-in')}?told=welcome")
    devices.remember(request, response, user)
    return response


def _page(
    request: HttpRequest, name: str, form: PageForm, *, status: int = 200, **words: Any
) -> HttpResponse:
    words = {"form": form, "told": told(request), **words}
    status = 400 if form.errors and status == HTTPStatus.OK else status
    return render(request, f"accounts/{name}.html", words, status=status)
