"""The firm, for its administrators: its people, and how much it uses."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from accounts import policies, services, usage
from accounts.firm_tabs import firm_words
from accounts.forms import InvitationPageForm, UserPageForm
from accounts.models import User
from accounts.people import people_page, with_signs_of_life
from accounts.views.forms import told
from lexai import audit
from lexai.errors import require
from lexai.web.forms import asks_or_sends
from lexai.web.refusals import about, shows_refusals

WORDS_LENGTH_MOST = 120
VERBS: dict[str, Callable[..., User]] = {
    "deactivate": services.deactivate_user,
    "reactivate": services.reactivate_user,
    "send_link": services.order_link,
    "release_lockout": services.release_lockout,
}


@require_safe
@login_required
def people(request: Any) -> HttpResponse:
    """List the people of the firm."""
    require(policies.can_manage_users(request.user, request.user.firm_id))
    words = request.GET.get("q", "").strip()[:WORDS_LENGTH_MOST]
    page = people_page(request.GET.get("page"), words, by=request.user)
    audit.record_read("user.listed", by=request.user, client_ids=[], rows=len(page))
    return render(request, "accounts/people.html", {**firm_words("People"), "page": page, "q": words})


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def invite(request: Any) -> HttpResponse:
    """Invite somebody into the firm."""
    require(policies.can_manage_users(request.user, request.user.firm_id))
    form = InvitationPageForm(request.POST or None)
    form.refusal = getattr(request, "refusal", None)
    if not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "accounts/invite.html", {**firm_words("People"), "form": form}, status=status)
    form.instance.firm = request.user.firm
    invited = services.invite_user(form.instance, by=request.user)
    return _done(invited, "invited")


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@about(User)
def person(request: Any, pk: int) -> HttpResponse:
    """Show somebody of the firm, and change names, role or subscription."""
    require(policies.can_manage_users(request.user, request.user.firm_id))
    shown = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = UserPageForm(request.POST or None, instance=shown)
    form.refusal = getattr(request, "refusal", None)
    if not form.is_valid():
        return _person(request, pk, form=form, status=400 if form.is_bound else 200)
    services.change_user(form.instance, by=request.user, changed=form.changed_data)
    return _done(shown, "changed")


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@about(User)
def act(request: Any, pk: int, verb: str) -> HttpResponse:
    """Do one of the VERBS to somebody of the firm; a refusal comes back on the person's page."""
    require(policies.can_manage_users(request.user, request.user.firm_id))
    somebody = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":  # the address of what was refused, entered again
        return redirect("firm-person", pk)
    if hasattr(request, "refusal"):
        return _person(request, pk, refusal=request.refusal)
    return _done(VERBS[verb](somebody, by=request.user), verb)


@require_safe
@login_required
def used(request: Any) -> HttpResponse:
    """Show how much the firm uses LexAI, month by month."""
    require(policies.can_read_audit(request.user))
    words = {
        **firm_words("Usage"),
        "months": usage.months_of(request.user),
        "stored_bytes": usage.stored_bytes(request.user),
    }
    return render(request, "accounts/usage.html", words)


def _done(somebody: User, deed: str) -> HttpResponse:
    return redirect(f"{reverse('firm-person', args=[somebody.pk])}?told={deed}")


def _person(request: Any, pk: int, *, status: int = 200, **words: Any) -> HttpResponse:
    people = with_signs_of_life(User.objects.visible_to(request.user))
    shown = get_object_or_404(people, pk=pk)
    words = {
        **firm_words("People"),
        "person": shown,
        "is_oneself": shown.pk == request.user.pk,
        "form": UserPageForm(instance=shown),
        "told": told(request),
        **words,
    }
    audit.record_read("user.viewed", by=request.user, client_ids=[], target=shown)
    return render(request, "accounts/person.html", words, status=status)
