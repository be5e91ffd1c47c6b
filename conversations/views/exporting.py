"""A thread as a file and on paper."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clients.views.head import visible_client
from conversations import word
from conversations.models import Thread
from conversations.transcript import Transcript, transcript
from lexai import audit
from lexai.web.damage import shows_damage
from lexai.web.downloads import attachment

OUTSIDE_ANY_THREAD = 0  # what was asked before there were threads


@require_safe
@login_required
@shows_damage
def export_thread(request: Any, client_id: str, thread_id: int) -> HttpResponse:
    """Send a thread as a Word file."""
    exported = _exported(request, client_id, thread_id, form="docx")
    filename = f"{exported.client.name}, questions, {exported.made_at:%Y-%m-%d}.docx"
    headers = {"Content-Disposition": attachment(filename)}
    return HttpResponse(word.word_file(exported), content_type=word.MEDIA_TYPE, headers=headers)


@require_safe
@login_required
@shows_damage
def print_thread(request: Any, client_id: str, thread_id: int) -> HttpResponse:
    """Show a thread as a page that is made for paper."""
    exported = _exported(request, client_id, thread_id, form="print")
    words = {"transcript": exported, "thread_id": thread_id}
    return render(request, "conversations/thread_print.html", words)


def _exported(request: Any, client_id: str, thread_id: int, *, form: str) -> Transcript:
    """Return a thread of a client, or what stands in none, and record that it left in this form."""
    by = request.user
    client = visible_client(request, client_id)
    threads = Thread.objects.visible_to(by).filter(client=client)
    thread = None if thread_id == OUTSIDE_ANY_THREAD else get_object_or_404(threads, pk=thread_id)
    audit.record_read(
        "conversation.exported", by=by, client_ids=[client.pk], target=thread or client, form=form
    )
    return transcript(client, thread, by=by)
