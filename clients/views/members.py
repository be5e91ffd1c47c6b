"""Who sees a client: the wall around it, and the people inside."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.csrf import csrf_protect

from accounts.models import User
from clients import services
from clients.forms import MemberForm, RestrictionForm
from clients.views.case import case_page, colleagues
from clients.views.head import asks_or_sends, visible_client, was_refused
from lexai.web.damage import shows_damage
from lexai.web.refusals import shows_refusals


@asks_or_sends
@csrf_protect
@login_required
@shows_damage
@shows_refusals
def restrict(request: Any, client_id: str) -> HttpResponse:
    """Wall a client off, so that only its members see it."""
    client = visible_client(request, client_id)
    if request.method != "POST":  # the address of a refused form, entered again
        return redirect("case", client.pk)
    form = RestrictionForm(request.POST, people=colleagues(request.user))
    if was_refused(request) or not form.is_valid():
        return case_page(request, client, restriction_form=form, status=400)
    services.restrict_client(client, by=request.user, members=list(form.cleaned_data["members"]))
    return redirect("case", client.pk)


@asks_or_sends
@csrf_protect
@login_required
@shows_damage
@shows_refusals
def unrestrict(request: Any, client_id: str) -> HttpResponse:
    """Take the wall down: the whole firm sees the client again."""
    client = visible_client(request, client_id)
    if request.method != "POST":
        return redirect("case", client.pk)
    if was_refused(request):
        return case_page(request, client)
    services.unrestrict_client(client, by=request.user)
    return redirect("case", client.pk)


@asks_or_sends
@csrf_protect
@login_required
@shows_damage
@shows_refusals
def add_member(request: Any, client_id: str) -> HttpResponse:
    """Let a colleague through the wall."""
    client = visible_client(request, client_id)
    if request.method != "POST":
        return redirect("case", client.pk)
    form = MemberForm(request.POST, people=colleagues(request.user))
    if was_refused(request) or not form.is_valid():
        return case_page(request, client, member_form=form, status=400)
    services.add_member(client, form.cleaned_data["member"], by=request.user)
    return redirect("case", client.pk)


@asks_or_sends
@csrf_protect
@login_required
@shows_damage
@shows_refusals
def remove_member(request: Any, client_id: str, user_id: int) -> HttpResponse:
    """Shut the wall to a colleague; whoever shuts it to themselves is led away from the client."""
    client = visible_client(request, client_id)
    user = get_object_or_404(User.objects.visible_to(request.user), pk=user_id)
    if request.method != "POST":
        return redirect("case", client.pk)
    if was_refused(request):
        return case_page(request, client)
    services.remove_member(client, user, by=request.user)
    return redirect("clients") if user.pk == request.user.pk else redirect("case", client.pk)
