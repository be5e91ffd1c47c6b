"""The pages of asking, and those that show what was asked about every client: today, and the list of clients."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Show what the day begins with."""
    return render(request, "conversations/today.html", {"view_place": "Today"})


@require_safe
@login_required
def clients(request: HttpRequest) -> HttpResponse:
    """List the clients."""
    return render(request, "conversations/clients.html", {"view_place": "Clients"})
