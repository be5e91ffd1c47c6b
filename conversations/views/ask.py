"""The page on which people ask about a client, and the fragments of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Client
from clients.views import client_words
from conversations import composing, exchanges, services
from conversations.forms import AskedFor, QuestionForm, TitleForm
from conversations.models import Message, Thread
from lexai import audit
from lexai.web.damage import shows_damage
from lexai.web.refusals import about, shows_refusals

THREADS_LISTED, THREADS_LISTED_MOST = 25, 1000
asks_or_sends = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def client(request: Any, client_id: str) -> HttpResponse:
    """Send whoever opens a client on to where one asks about it."""
    found = get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    return redirect("ask", found.pk)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@shows_damage
def ask(request: Any, client_id: str) -> HttpResponse:
    """Show the newest thread of a client, or with `new` an empty one; a question begins a thread."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    if request.method == "POST":
        return _asked(request, client, None)
    threads = Thread.objects.visible_to(request.user).filter(client=client)
    newest = None if "new" in request.GET else threads.newest_first().first()
    return _shown(request, client, newest)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@shows_damage
def thread(request: Any, client_id: str, thread_id: int) -> HttpResponse:
    """Show a thread of a client; a question goes on with it."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    threads = Thread.objects.visible_to(request.user).filter(client=client)
    found = get_object_or_404(threads, pk=thread_id)
    return _asked(request, client, found) if request.method == "POST" else _shown(request, client, found)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@shows_damage
def rename_thread(request: Any, client_id: str, thread_id: int) -> HttpResponse:
    """Give a thread another title."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    threads = Thread.objects.visible_to(request.user).filter(client=client)
    found = get_object_or_404(threads, pk=thread_id)
    if request.method != "POST":  # the address of a refused form, entered again
        return redirect("thread", client.pk, found.pk)
    form = TitleForm(request.POST)
    form.refusal = getattr(request, "refusal", None)
    if not form.is_valid():
        return _page(request, client, found, title_form=form, status=400)
    services.rename_thread(found, form.cleaned_data["title"], by=request.user)
    return redirect("thread", client.pk, found.pk)


@require_safe
@login_required
@shows_damage
@about(Message)
def answer(request: Any, pk: int) -> HttpResponse:
    """Show one answer as it stands in its thread; without htmx, lead to it there."""
    messages = Message.objects.visible_to(request.user)
    found = get_object_or_404(messages.filter(role=Message.Role.ASSISTANT), pk=pk)
    if not request.htmx:
        return redirect(f"{reverse('thread', args=[found.client_id, found.thread_id])}#answer-{found.pk}")
    audit.record_read("conversation.viewed", by=request.user, client_ids=[found.client_id], target=found)
    question = get_object_or_404(messages.select_related("asked_by"), pk=found.reply_to_id)
    exchange = exchanges.exchange(question, by=request.user)
    words = {"exchange": exchange, "answer": exchange.answer, "client_id": found.client_id}
    return render(request, "conversations/_answer.html", words)


@require_POST
@csrf_protect
@login_required
@about(Message)
def stop_answer(request: Any, pk: int) -> HttpResponse:
    """Stop an answer under way."""
    found = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    stopped = services.stop_answer(found, by=request.user)
    if request.htmx:  # whoever follows the answer is told by its stream
        return HttpResponse(status=204)
    return redirect(f"{reverse('thread', args=[stopped.client_id, stopped.thread_id])}#answer-{stopped.pk}")


def _asked(request: Any, client: Client, thread: Thread | None) -> HttpResponse:
    """Ask what was sent, and show the question with its answer to come; or what was sent, with the refusal."""
    form = QuestionForm(request.POST)
    form.refusal = getattr(request, "refusal", None)
    if not form.is_valid():
        return _refused(request, client, thread, form)
    question = Message(
        client=client,
        thread=thread,
        content=form.cleaned_data["content"],
        document_ids=form.cleaned_data["documents"],
    )
    pending = services.begin_answer(question, by=request.user)
    address = reverse("thread", args=[client.pk, pending.thread_id])
    if not request.htmx:
        return redirect(f"{address}#answer-{pending.pk}")
    words = {
        "exchanges": [exchanges.exchange(question, by=request.user)],
        **_thread_words(request, client, pending.thread),
        "composer": _composer(request, client, pending.thread, chosen=question.document_ids),
    }
    response = render(request, "conversations/_asked.html", words)
    response["HX-Push-Url" if thread is None else "HX-Replace-Url"] = address
    return response


def _refused(request: Any, client: Client, thread: Thread | None, form: QuestionForm) -> HttpResponse:
    """Return the composer as it was sent, with the sentences of the refusal."""
    chosen = form.cleaned_data.get("documents", [])
    if not request.htmx:
        return _page(request, client, thread, form=form, chosen=chosen, status=400)
    words = {"client": client, "composer": _composer(request, client, thread, form, chosen=chosen)}
    response = render(request, "conversations/_composer.html", words, status=400)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
    return response


def _shown(request: Any, client: Client, thread: Thread | None) -> HttpResponse:
    """Return the page, or what htmx asks for of it: the documents to choose, a question to edit, earlier ones."""
    asked_for = AskedFor(request.GET)
    if not asked_for.is_valid():
        raise Http404
    wanted = asked_for.cleaned_data
    if "choose" in request.GET:
        return _choice(request, client, thread, wanted["documents"])
    if wanted["edit"]:
        return _edited(request, client, thread, wanted["edit"])
    if wanted["before"] and request.htmx:
        return _earlier(request, client, thread, wanted["before"])
    return _page(request, client, thread, before=wanted["before"], chosen=wanted["documents"])


def _choice(request: Any, client: Client, thread: Thread | None, chosen: Sequence[int]) -> HttpResponse:
    documents = composing.choice(client, by=request.user)
    words: dict[str, Any] = {"choice": documents, "chosen_ids": set(chosen)}
    if not request.htmx:
        return _page(request, client, thread, **words)
    audit.record_read(
        "document.listed", by=request.user, client_ids=[client.pk], target=client, rows=len(documents)
    )
    return render(request, "conversations/_choice.html", words)


def _edited(request: Any, client: Client, thread: Thread | None, pk: int) -> HttpResponse:
    """Return the composer with the words and the documents of a question that was asked before."""
    asked = Message.objects.visible_to(request.user).filter(client=client, role=Message.Role.USER)
    question = get_object_or_404(asked, pk=pk)
    form = QuestionForm(initial={"content": question.content})
    if not request.htmx:
        return _page(request, client, thread, form=form, chosen=question.document_ids)
    audit.record_read("conversation.viewed", by=request.user, client_ids=[client.pk], target=question)
    composer = _composer(request, client, thread, form, chosen=question.document_ids)
    return render(request, "conversations/_composer.html", {"client": client, "composer": composer})


def _earlier(request: Any, client: Client, thread: Thread | None, before: int) -> HttpResponse:
    shown = exchanges.shown(thread, by=request.user, before=before)
    words = {"exchanges": shown.exchanges, "earlier": shown.earlier, "client": client, "thread": thread}
    _record(request, client, thread, len(shown.exchanges))
    return render(request, "conversations/_exchanges.html", words)


def _page(
    request: Any,
    client: Client,
    thread: Thread | None,
    *,
    form: QuestionForm | None = None,
    chosen: Sequence[int] = (),
    before: int | None = None,
    status: int = 200,
    **words: Any,
) -> HttpResponse:
    """Return the whole page."""
    shown = exchanges.shown(thread, by=request.user, before=before)
    if request.method != "POST":  # what is sent leaves its own row
        _record(request, client, thread, len(shown.exchanges))
    words = {
        **client_words(client, tab="Ask"),
        **_thread_words(request, client, thread),
        "exchanges": shown.exchanges,
        "earlier": shown.earlier,
        "composer": _composer(request, client, thread, form, chosen=chosen),
        **words,
    }
    return render(request, "conversations/ask.html", words, status=status)


def _record(request: Any, client: Client, thread: Thread | None, rows: int) -> None:
    audit.record_read(
        "conversation.listed", by=request.user, client_ids=[client.pk], target=thread or client, rows=rows
    )


def _thread_words(request: Any, client: Client, thread: Thread | None) -> dict[str, Any]:
    threads = Thread.objects.visible_to(request.user).filter(client=client)
    is_all = "threads" in request.GET
    limit = THREADS_LISTED_MOST if is_all else THREADS_LISTED
    newest = list(threads.newest_first()[: limit + 1])
    return {
        "client": client,
        "thread": thread,
        "threads": newest[:limit],
        "has_older": len(newest) > limit and not is_all,
        "is_all": is_all,
        "title_form": TitleForm(initial={"title": thread.title}) if thread else None,
    }


def _composer(
    request: Any,
    client: Client,
    thread: Thread | None,
    form: QuestionForm | None = None,
    *,
    chosen: Sequence[int] = (),
) -> composing.Composer:
    return composing.composer(client, thread, form or QuestionForm(), by=request.user, chosen=chosen)
