"""The case of a client: its details and notes, to be read, opened and changed."""

from copy import copy
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from accounts.models import User
from clients import policies, services
from clients.forms import CaseForm, MemberForm, NameForm, NewClientForm, RestrictionForm
from clients.models import Client, Member, case_types
from clients.views.head import client_words, visible_client
from lexai import audit
from lexai.errors import StaleVersion
from lexai.web.damage import shows_damage
from lexai.web.forms import asks_or_sends
from lexai.web.refusals import shows_refusals


@require_safe
@login_required
@shows_damage
def case(request: Any, client_id: str) -> HttpResponse:
    """Show what is known of a client, and who sees it."""
    return case_page(request, visible_client(request, client_id))


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def new(request: Any) -> HttpResponse:
    """Open a client's file."""
    opened = Client(firm=request.user.firm)
    form = NewClientForm(request.POST or None, instance=opened, refusal=getattr(request, "refusal", None))
    if request.method != "POST" or not form.is_valid():
        words = {
            "form": form,
            "case_types": case_types(by=request.user),
            "view_place": "Clients",
        }
        return render(request, "clients/new.html", words, status=400 if form.errors else 200)
    client = services.open_client(form.instance, by=request.user)
    return redirect("papers", client.pk)


@asks_or_sends
@csrf_protect
@login_required
@shows_damage
@shows_refusals
def change(request: Any, client_id: str) -> HttpResponse:
    """Change what is known of a client; whoever comes second sees both versions, and chooses."""
    client = visible_client(request, client_id)
    refusal = getattr(request, "refusal", None)
    if isinstance(refusal, StaleVersion):
        return _change_page(request, client, CaseForm.against(copy(client), request.POST, refusal))
    form = CaseForm(request.POST or None, instance=copy(client), refusal=refusal)
    if request.method != "POST" or not form.is_valid():
        return _change_page(request, client, form)
    version = form.cleaned_data["version"]
    services.change_client(form.instance, by=request.user, changed=form.wanted(), version=version)
    return redirect("case", client.pk)


def _change_page(request: Any, client: Client, form: CaseForm) -> HttpResponse:
    audit.record_read("client.viewed", by=request.user, client_ids=[client.pk], target=client)
    words = {
        **client_words(client, tab="Case"),
        "form": form,
        "case_types": case_types(by=request.user),
    }
    return render(request, "clients/change.html", words, status=400 if form.errors else 200)


def case_page(request: Any, client: Client, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Return the page of the case, with the forms that came back refused, and record the read."""
    by = request.user
    audit.record_read("client.viewed", by=by, client_ids=[client.pk], target=client)
    members = Member.objects.visible_to(by).filter(client=client).select_related("user")
    people = colleagues(by)
    paper_count = client.documents.count()
    words = {
        **client_words(client, tab="Case", paper_count=paper_count),
        "members": members.order_by("added_at", "pk") if client.is_restricted else [],
        "may_change": policies.can_change_client(by, client),
        "may_manage_members": policies.can_manage_members(by, client),
        "may_delete": policies.can_delete_client(by, client),
        "restriction_form": RestrictionForm(people=people.exclude(pk=by.pk)),
        "member_form": MemberForm(people=people.exclude(pk__in=members.values("user"))),
        "name_form": NameForm(client=client),
        "paper_count": paper_count,
        "refusal": getattr(request, "refusal", None),
        **forms,
    }
    return render(request, "clients/case.html", words, status=status)


def colleagues(by: Any) -> Any:
    """Return the active people of the firm, by name."""
    return User.objects.visible_to(by).filter(is_active=True).by_name()
