"""One paper, leafed through page by page, and the page beside an answer that quotes it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from documents import looks, services, sheets
from documents.leaves import MATCHES_MOST, Span
from documents.models import Document
from documents.services import Leaf, Wanted
from documents.states import kind_of, state_of
from lexai.characters import storable
from lexai.web.damage import shows_damage
from lexai.web.numbers import whole_number
from lexai.web.reads import record_look
from lexai.web.refusals import about

NUMBER_MOST = 10**9 - 1
WORDS_CHARACTERS_MOST = 200
TYPED, SOUGHT = "q", "sought"  # words to be found as they stand, and those of a search, in any of their forms
STEP, STEPS = "find", {"next": 1, "previous": -1}


@require_safe
@login_required
@shows_damage
@about(Document)
def document(request: Any, pk: int) -> HttpResponse:
    """Show a page of a paper, with what is quoted and what is looked for marked on it."""
    return _shown(request, pk, "documents/_viewer.html", "documents/document.html")


@require_safe
@login_required
@shows_damage
@about(Document)
def source(request: Any, pk: int) -> HttpResponse:
    """Show the page that an answer quotes, to stand beside it."""
    return _shown(request, pk, "documents/_source.html", "documents/source.html")


def _shown(request: Any, pk: int, fragment: str, page: str) -> HttpResponse:
    """Answer with a page, or with the fragment of it that a script asks for."""
    documents = Document.objects.visible_to(request.user).defer(None).select_related("client")
    document = get_object_or_404(documents, pk=pk)
    words = {
        "document": document,
        "client": document.client,
        "view_place": "Clients",
        "kind": kind_of(document),
        "here_address": reverse("document", args=[document.pk]),
    }
    if document.status == Document.Status.READY:
        words |= _leaf_words(document, request)
    else:
        record_look("document.viewed", request, client_ids=[document.client_id], target=document)
        words |= {"state": state_of(document), "is_live": not document.is_settled}
    return render(request, fragment if request.htmx else page, words)


def _leaf_words(document: Document, request: Any) -> dict[str, Any]:
    wanted, is_cut = _wanted(request)
    leaf = services.leaf(document, wanted, by=request.user)
    sheet = sheets.sheet_of(leaf)
    noun = "page" if sheet.is_pictured else "part"
    return {
        "leaf": leaf,
        "sheet": sheet,
        "q": "" if wanted.in_any_form else wanted.words,
        "carried": _carried(wanted, leaf.here),
        "read": {noun: leaf.number} | _marked(leaf.here),
        "noun": noun,
        "place": f"{noun} {leaf.number:,} of {leaf.count:,}" if leaf.count > 1 else "",
        "notices": _notices(leaf, sheet, noun, is_cut=is_cut),
        "picture": _picture(leaf, request) if sheet.is_pictured else "",
        "here_address": _address(leaf, wanted, leaf.here),
        **_turns(leaf, wanted, noun),
        **_matches(leaf, wanted, noun),
    }


def _wanted(request: Any) -> tuple[Wanted, bool]:
    """Return what the address asks for, and whether words of it were too many to be looked for."""
    typed, sought = (storable(" ".join(request.GET.get(name, "").split())) for name in (TYPED, SOUGHT))
    words = typed[:WORDS_CHARACTERS_MOST] or sought[: services.QUESTION_CHARACTERS_MOST]
    places = _whole(request, "page"), _whole(request, "part"), _span(request)
    wanted = Wanted(*places, words, bool(sought and not typed), STEPS.get(request.GET.get(STEP, ""), 0))
    return wanted, len(typed) > WORDS_CHARACTERS_MOST


def _picture(leaf: Leaf, request: Any) -> str:
    """Return the address of the picture that belongs to this look."""
    address = reverse("documents:document-picture", args=[leaf.document.pk, leaf.number])
    look = looks.proof(leaf.document, leaf.number, by=request.user)
    return f"{address}?{urlencode({'look': look})}"


def _turns(leaf: Leaf, wanted: Wanted, noun: str) -> dict[str, str]:
    """Return where the pages before and after this one are."""
    before, after = leaf.number - 1, leaf.number + 1
    return {
        "before": _address(leaf, wanted, leaf.here, **{noun: before}) if before > 0 else "",
        "after": _address(leaf, wanted, leaf.here, **{noun: after}) if after <= leaf.count else "",
    }


def _matches(leaf: Leaf, wanted: Wanted, noun: str) -> dict[str, str]:
    """Return how many places were found and which one this is, and where the ones before and after it are."""
    if wanted.words and leaf.of_this_page:
        return _matches_here(leaf, wanted, noun)
    if not (wanted.words and leaf.matches):
        is_told = wanted.words and leaf.is_legible and (wanted.step or not wanted.in_any_form)
        return {"found": "not found" if is_told else ""}
    count = len(leaf.matches)
    number = f"{count:,} or more" if count == MATCHES_MOST else f"{count:,}"
    if leaf.here and leaf.is_at_match:
        here = leaf.matches.index(leaf.here)
        before, after, found = here - 1, here + 1, f"{here + 1:,} of {number}"
    else:
        after = sum(match.start < _start(leaf) for match in leaf.matches)
        before, found = after - 1, f"{number} found"
    return {
        "found": f"Your search: {found}" if wanted.in_any_form else found,
        "match_before": _address(leaf, wanted, leaf.matches[before % count]),
        "match_after": _address(leaf, wanted, leaf.matches[after % count]),
    }


def _matches_here(leaf: Leaf, wanted: Wanted, noun: str) -> dict[str, str]:
    """Return how many places were found on this page, and addresses that look for the ones before and after it."""
    if not leaf.is_legible:
        return {"found": ""}
    place = {noun: leaf.number}
    return {
        "found": f"Your search: {len(leaf.matches) or 'none'} on this {noun}",
        "match_before": _address(leaf, wanted, leaf.here, **place, **{STEP: "previous"}),
        "match_after": _address(leaf, wanted, leaf.here, **place, **{STEP: "next"}),
    }


def _start(leaf: Leaf) -> int:
    """Return where in the text this page, or this screen, begins."""
    if leaf.page:
        return leaf.page.start
    return leaf.blocks[0].start if leaf.blocks else 0


def _address(leaf: Leaf, wanted: Wanted, span: Span | None, **place: int | str) -> str:
    asked = place | _carried(wanted, span)
    return f"{reverse('document', args=[leaf.document.pk])}?{urlencode(asked)}"


def _carried(wanted: Wanted, span: Span | None) -> dict[str, Any]:
    """Return what the address of another page of the paper takes along."""
    words = {SOUGHT if wanted.in_any_form else TYPED: wanted.words} if wanted.words else {}
    return _marked(span) | words


def _marked(span: Span | None) -> dict[str, Any]:
    return {"start": span.start, "end": span.end} if span else {}


def _notices(leaf: Leaf, sheet: sheets.Sheet, noun: str, *, is_cut: bool) -> list[str]:
    """Return the sentences about what was asked for and cannot be shown."""
    found = []
    if leaf.missing is not None:
        found.append(f"There is no {noun} {leaf.missing:,} in this paper. The nearest is shown.")
    if leaf.is_amiss:
        found.append("The place that this link names is not in this paper.")
    if is_cut:
        found.append(f"Only the first {WORDS_CHARACTERS_MOST} characters were looked for.")
    if not leaf.is_legible:
        found.append(
            "What was read in this paper does not open: it was erased, or changed outside LexAI. "
            "Tell your administrator, who finds the place in the audit."
        )
    elif leaf.page and not sheet.lines and leaf.text[leaf.page.start : leaf.page.end].strip():
        found.append("Where the words stand on this page is not known: they cannot be marked or selected.")
    return found


def _whole(request: HttpRequest, name: str) -> int | None:
    """Return a whole number of the address; None for anything else."""
    return whole_number(request.GET.get(name, ""), most=NUMBER_MOST)


def _span(request: HttpRequest) -> Span | None:
    """Return the stretch of the text that the address names; None unless it is one."""
    start, end = _whole(request, "start"), _whole(request, "end")
    return Span(start, end) if start is not None and end is not None and start < end else None
