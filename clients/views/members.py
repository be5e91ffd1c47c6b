"""Who sees a client: the wall around it, and the people inside."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.csrf import csrf_protect

from accounts.models import User
from clients import services
from clients.forms import MemberForm, RestrictionForm
from clients.models import Client
from clients.views.case import case_page, colleagues
from clients.views.head import visible_client, was_refused
from lexai.web.damage import shows_damage
from lexai.web.forms import asks_or_sends
from lexai.web.refusals import shows_refusals


def sent_from_case(view: Callable[..., HttpResponse | None]) -> Callable[..., HttpResponse]:
    """Have a view take what a form on the page of a case sends; it returns that page only if it refuses something.

    Whoever enters its address, or has sent what was accepted, is led to the case.
    """

    @asks_or_sends
    @csrf_protect
    @login_required
    @shows_damage
    @shows_refusals
    @wraps(view)
    def sent(request: Any, client_id: str, **asked: Any) -> HttpResponse:
        client = visible_client(request, client_id)
        answer = view(request, client, **asked) if request.method == "POST" else None
        return answer or redirect("case", client.pk)

    return sent


@sent_from_case
def restrict(request: Any, client: Client) -> HttpResponse | None:
    """Wall a client off, so that only its members see it."""
    form = RestrictionForm(request.POST, people=colleagues(request.user))
    if was_refused(request) or not form.is_valid():
        return case_page(request, client, restriction_form=form, status=400)
    services.restrict_client(client, by=request.user, members=list(form.cleaned_data["members"]))
    return None


@sent_from_case
def unrestrict(request: Any, client: Client) -> HttpResponse | None:
    """Take the wall down: the whole firm sees the client again."""
    if was_refused(request):
        return case_page(request, client)
    services.unrestrict_client(client, by=request.user)
    return None


@sent_from_case
def add_member(request: Any, client: Client) -> HttpResponse | None:
    """Let a colleague through the wall."""
    form = MemberForm(request.POST, people=colleagues(request.user))
    if was_refused(request) or not form.is_valid():
        return case_page(request, client, member_form=form, status=400)
    services.add_member(client, form.cleaned_data["member"], by=request.user)
    return None


@sent_from_case
def remove_member(request: Any, client: Client, user_id: int) -> HttpResponse | None:
    """Shut the wall to a colleague; whoever shuts it to themselves is led away from the client."""
    user = get_object_or_404(User.objects.visible_to(request.user), pk=user_id)
    if was_refused(request):
        return case_page(request, client)
    services.remove_member(client, user, by=request.user)
    return redirect("clients") if user.pk == request.user.pk else None
