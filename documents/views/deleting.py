"""Deleting a client with all its papers, once its name has been typed."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect

from clients.forms import NameForm
from clients.views import client_words
from clients.views.head import visible_client, was_refused
from documents import services
from lexai import audit
from lexai.web.forms import asks_or_sends
from lexai.web.refusals import shows_refusals


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
def delete_client(request: Any, client_id: str) -> HttpResponse:
    """Ask for the client's name, and delete the client with all its papers."""
    client = visible_client(request, client_id)
    form = NameForm(request.POST or None, client=client)
    if request.method == "POST" and not was_refused(request) and form.is_valid():
        services.delete_client(client, by=request.user)
        return redirect(f"{reverse('clients')}?told=deleted")
    audit.record_read("client.viewed", by=request.user, client_ids=[client.pk], target=client)
    words = {
        **client_words(client, tab="Case"),
        "name_form": form,
        "paper_count": client.documents.count(),
        "refusal": getattr(request, "refusal", None),
    }
    return render(request, "documents/client_delete.html", words, status=400 if form.errors else 200)
