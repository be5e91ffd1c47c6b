"""The page on which people ask about a client, and the fragments of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from clients.models import Client
from clients.views.head import client_words, visible_client
from conversations import composing, exchanges, services
from conversations.forms import AskedFor, QuestionForm, TitleForm
from conversations.models import Message, Thread
from lexai import audit
from lexai.errors import DomainError
from lexai.web.answers import error_response, refusal_response
from lexai.web.damage import shows_damage
from lexai.web.forms import asks_or_sends
from lexai.web.reads import record_look
from lexai.web.refusals import about, shows_refusals

THREADS_LISTED, THREADS_LISTED_MOST = 25, 1000


@dataclass(frozen=True)
class Desk:
    """Where somebody asks: about a client, in one of its threads or to begin a new one."""

    request: Any
    client: Client
    thread: Thread | None = None

    @classmethod
    def of_thread(cls, request: Any, client_id: str, thread_id: int) -> "Desk":
        """Return the desk at a thread of a client; raise Http404 for one that is not there or may not be seen."""
        client = visible_client(request, client_id)
        threads = Thread.objects.visible_to(request.user).filter(client=client)
        return cls(request, client, get_object_or_404(threads, pk=thread_id))

    @property
    def refusal(self) -> DomainError | None:
        return getattr(self.request, "refusal", None)

    def composer(self, form: QuestionForm | None = None, *, chosen: Sequence[int] = ()) -> composing.Composer:
        """Return what stands where a question is written here."""
        by = self.request.user
        return composing.composer(self.client, self.thread, form or QuestionForm(), by=by, chosen=chosen)

    def record(self, rows: int) -> None:
        """Record that the conversation was looked at."""
        audit.record_read(
            "conversation.listed",
            by=self.request.user,
            client_ids=[self.client.pk],
            target=self.thread or self.client,
            rows=rows,
        )


@require_safe
@login_required
def client(request: Any, client_id: str) -> HttpResponse:
    """Send whoever opens a client on to where one asks about it."""
    return redirect("ask", visible_client(request, client_id).pk)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@shows_damage
def ask(request: Any, client_id: str) -> HttpResponse:
    """Show the newest thread of a client, or with `new` an empty one; a question begins a thread."""
    client = visible_client(request, client_id)
    if request.method == "POST":
        return _asked(Desk(request, client))
    threads = Thread.objects.visible_to(request.user).filter(client=client)
    newest = None if "new" in request.GET else threads.newest_first().first()
    return _shown(Desk(request, client, newest))


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@shows_damage
def thread(request: Any, client_id: str, thread_id: int) -> HttpResponse:
    """Show a thread of a client; a question goes on with it."""
    desk = Desk.of_thread(request, client_id, thread_id)
    return _asked(desk) if request.method == "POST" else _shown(desk)


@asks_or_sends
@csrf_protect
@login_required
@shows_refusals
@shows_damage
def rename_thread(request: Any, client_id: str, thread_id: int) -> HttpResponse:
    """Give a thread another title."""
    desk = Desk.of_thread(request, client_id, thread_id)
    if request.method != "POST":  # the address of a refused form, entered again
        return redirect("thread", client_id, thread_id)
    form = TitleForm(request.POST)
    form.refusal = desk.refusal
    if not form.is_valid():
        return _page(desk, desk.composer(), title_form=form, status=400)
    services.rename_thread(cast("Thread", desk.thread), form.cleaned_data["title"], by=request.user)
    return redirect("thread", client_id, thread_id)


@require_safe
@login_required
@shows_damage
@about(Message)
def answer(request: Any, pk: int) -> HttpResponse:
    """Show one answer as it stands in its thread; without htmx, lead to it there."""
    messages = Message.objects.visible_to(request.user)
    found = get_object_or_404(messages.filter(role=Message.Role.ASSISTANT), pk=pk)
    if not request.htmx:
        return redirect(_address_of(found))
    audit.record_read("conversation.viewed", by=request.user, client_ids=[found.client_id], target=found)
    question = get_object_or_404(messages.select_related("asked_by"), pk=found.reply_to_id)
    exchange = exchanges.exchange(question, by=request.user)
    words = {"exchange": exchange, "answer": exchange.answer, "client_id": found.client_id}
    return render(request, "conversations/_answer.html", words)


@asks_or_sends
@csrf_protect
@login_required
@about(Message)
def stop_answer(request: Any, pk: int) -> HttpResponse:
    """Stop an answer under way."""
    found = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":  # the sign-in leads here whoever was signed out meanwhile
        return redirect("answer", found.pk)
    stopped = services.stop_answer(found, by=request.user)
    if request.htmx:  # whoever follows the answer is told by its stream
        return HttpResponse(status=204)
    return redirect(_address_of(stopped))


def _address_of(answer: Message) -> str:
    """Return where an answer stands: in its thread, or among all that stand in none."""
    if answer.thread_id is None:
        return reverse("thread-print", args=[answer.client_id, 0])
    return f"{reverse('thread', args=[answer.client_id, answer.thread_id])}#answer-{answer.pk}"


def _asked(desk: Desk) -> HttpResponse:
    """Ask what was sent, and show the question with its answer to come; or what was sent, with the refusal."""
    request = desk.request
    form = QuestionForm(request.POST)
    form.refusal = desk.refusal
    if not form.is_valid():
        return _refused(desk, form)
    sent = form.cleaned_data
    question = Message(
        client=desk.client,
        thread=desk.thread,
        content=sent["content"],
        document_ids=sent["documents"],
        sent_as=sent["sent_as"],
    )
    pending = services.begin_answer(question, by=request.user)
    address = reverse("thread", args=[desk.client.pk, pending.thread_id])
    if not request.htmx:
        return redirect(f"{address}#answer-{pending.pk}")
    response = _exchange(desk, pending, is_again=sent["again"])
    response["HX-Push-Url" if desk.thread is None else "HX-Replace-Url"] = address
    return response


def _exchange(desk: Desk, pending: Message, *, is_again: bool) -> HttpResponse:
    """Return a question with its answer to come, and what else of the page it changes.

    A question that is asked again leaves the composer alone: another may be half written there.
    """
    request, question = desk.request, cast("Message", pending.reply_to)
    now = Desk(request, desk.client, pending.thread)
    words: dict[str, Any] = {"exchanges": [exchanges.exchange(question, by=request.user)]}
    if not is_again:
        words["composer"] = now.composer(chosen=question.document_ids)
    if desk.thread is None:
        words |= {"is_new": True, **_thread_words(now)}
    return render(request, "conversations/_asked.html", {**words, "client": desk.client})


def _refused(desk: Desk, form: QuestionForm) -> HttpResponse:
    """Return the composer as it was sent, with the sentences of the refusal; or these alone, asked again."""
    request = desk.request
    composer = desk.composer(form, chosen=form.cleaned_data.get("documents", []))
    if not request.htmx:
        return _page(desk, composer, status=400)
    if form.cleaned_data.get("again"):
        return refusal_response(request, desk.refusal) if desk.refusal else error_response(request, 400)
    client, rows = desk.client, len(composer.chosen)
    if rows:
        audit.record_read(
            "document.listed", by=request.user, client_ids=[client.pk], target=client, rows=rows
        )
    words = {"client": client, "composer": composer}
    response = render(request, "conversations/_composer.html", words, status=400)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
    return response


def _shown(desk: Desk) -> HttpResponse:
    """Return the page, or what htmx asks for of it: the papers, some to choose, a question to edit, earlier ones."""
    asked_for = AskedFor(desk.request.GET)
    if not asked_for.is_valid():
        raise Http404
    wanted = asked_for.cleaned_data
    if "choose" in desk.request.GET:
        return _choice(desk, wanted["documents"], wanted["named"])
    if "papers" in desk.request.GET and desk.request.htmx:
        return _papers_again(desk, wanted["documents"])
    if wanted["edit"]:
        return _edited(desk, wanted["edit"])
    if wanted["before"] and desk.request.htmx:
        return _earlier(desk, wanted["before"])
    chosen = wanted["documents"] if "documents" in desk.request.GET else None
    return _page(desk, before=wanted["before"], chosen=chosen)


def _choice(desk: Desk, chosen: Sequence[int], named: str) -> HttpResponse:
    """Return the documents to choose from, with those that are chosen already."""
    request, client = desk.request, desk.client
    choice = composing.choice(client, by=request.user, chosen=chosen, named=named)
    if not request.htmx:
        return _page(desk, desk.composer(chosen=chosen), choice=choice)
    rows = len(choice.chosen) + len(choice.others)
    audit.record_read("document.listed", by=request.user, client_ids=[client.pk], target=client, rows=rows)
    return render(request, "conversations/_choice.html", {"choice": choice, "composer": desk.composer()})


def _papers_again(desk: Desk, chosen: Sequence[int]) -> HttpResponse:
    """Return how far the papers are by now, for a page that looks again while some are being read."""
    composer = desk.composer(chosen=chosen)
    request, client = desk.request, desk.client
    if shown := [str(document.pk) for document in composer.chosen]:
        facts = {"page": ",".join(shown), "rows": len(shown)}
        record_look("document.listed", request, client_ids=[client.pk], target=client, **facts)
    return render(request, "conversations/_scope_again.html", {"client": client, "composer": composer})


def _edited(desk: Desk, pk: int) -> HttpResponse:
    """Return the composer with the words and the documents of a question that was asked before."""
    request, client = desk.request, desk.client
    asked = Message.objects.visible_to(request.user).filter(client=client, role=Message.Role.USER)
    question = get_object_or_404(asked, pk=pk)
    composer = desk.composer(
        QuestionForm(initial={"content": question.content}), chosen=question.document_ids
    )
    if not request.htmx:
        return _page(desk, composer)
    audit.record_read("conversation.viewed", by=request.user, client_ids=[client.pk], target=question)
    return render(request, "conversations/_composer.html", {"client": client, "composer": composer})


def _earlier(desk: Desk, before: int) -> HttpResponse:
    shown = exchanges.shown(desk.thread, by=desk.request.user, before=before)
    words = {
        "exchanges": shown.exchanges,
        "earlier": shown.earlier,
        "client": desk.client,
        "thread": desk.thread,
    }
    desk.record(len(shown.exchanges))
    return render(desk.request, "conversations/_exchanges.html", words)


def _page(
    desk: Desk,
    composer: composing.Composer | None = None,
    *,
    before: int | None = None,
    chosen: Sequence[int] | None = None,
    status: int = 200,
    **words: Any,
) -> HttpResponse:
    """Return the whole page, and record the read; a new question is limited as the one above it, or to `chosen`."""
    request = desk.request
    shown = exchanges.shown(desk.thread, by=request.user, before=before)
    desk.record(len(shown.exchanges))
    composer = composer or desk.composer(chosen=shown.chosen if chosen is None else chosen)
    words = {
        **client_words(desk.client, tab="Ask", paper_count=composer.papers.total),
        **_thread_words(desk),
        "exchanges": shown.exchanges,
        "earlier": shown.earlier,
        "composer": composer,
        **words,
    }
    return render(request, "conversations/ask.html", words, status=status)


def _thread_words(desk: Desk) -> dict[str, Any]:
    """Return what the bar above a conversation shows: this thread, and the drawer of all others."""
    by, client, thread = desk.request.user, desk.client, desk.thread
    is_all = "threads" in desk.request.GET
    limit = THREADS_LISTED_MOST if is_all else THREADS_LISTED
    newest = list(Thread.objects.visible_to(by).filter(client=client).newest_first()[: limit + 1])
    return {
        "client": client,
        "thread": thread,
        "threads": newest[:limit],
        "has_older": len(newest) > limit and not is_all,
        "has_unthreaded": Message.objects.visible_to(by).filter(client=client, thread=None).exists(),
        "is_all": is_all,
        "title_form": TitleForm(initial={"title": thread.title}) if thread else None,
    }
