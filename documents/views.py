"""The pages of papers: those of a client, one with its pages, and the search everywhere."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Search in all that whoever asks may see."""
    return render(request, "documents/search.html", {"view_place": "Search"})
