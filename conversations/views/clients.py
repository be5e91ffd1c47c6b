"""The list of clients: found, narrowed, ordered and paged by what its address says."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from clients.models import Client, case_types
from conversations.views.rows import last_questions
from documents.tallies import Tally, tallies
from lexai import audit
from lexai.database import SortKey
from lexai.web.damage import shows_damage
from lexai.web.numbers import whole_number

ROWS_A_PAGE, PAGES_MOST = 50, 999_999
WORDS_MOST = 200  # characters of a search
PERIODS = {"7": "In the last 7 days", "30": "In the last 30 days", "365": "In the last year"}
SHOWN = ["name", "case_number", "case_type", "is_restricted", "updated_at"]
NEWEST = "-updated"
ORDERS: dict[str, tuple[Any, ...]] = {
    NEWEST: ("-updated_at", "pk"),
    "updated": ("updated_at", "pk"),
    "name": (SortKey("name"), "pk"),
    "-name": (SortKey("name").desc(), "pk"),
    "type": (SortKey("case_type").asc(nulls_last=True), SortKey("name"), "pk"),
    "-type": (SortKey("case_type").desc(nulls_last=True), SortKey("name"), "pk"),
}
ORDER_NAMES = {
    NEWEST: "Last updated first",
    "updated": "Longest untouched first",
    "name": "Name, A to Z",
    "-name": "Name, Z to A",
    "type": "Case type, A to Z",
    "-type": "Case type, Z to A",
}
COLUMNS = {"name": "Client", "type": "Case type", "updated": "Updated"}
TOLD = {"deleted": "The client has been deleted."}


@dataclass(frozen=True)
class Wanted:
    """Which clients are asked for, and in which order: all of it stands in the address."""

    q: str = ""
    type: str = ""
    updated: str = ""
    sort: str = NEWEST
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """Return what an address asks for; what it says wrongly counts as not said."""
        return cls(
            q=asked.get("q", "").strip()[:WORDS_MOST],
            type=asked.get("type", ""),
            updated=asked.get("updated", "") if asked.get("updated") in PERIODS else "",
            sort=asked.get("sort", "") if asked.get("sort") in ORDERS else NEWEST,
            page=whole_number(asked.get("page", ""), most=PAGES_MOST) or 1,
        )

    def address(self, **changed: Any) -> str:
        """Return the address of the list with some of it changed, as short as it can be said."""
        said, plain = asdict(replace(self, **changed)), asdict(Wanted())
        query = urlencode({name: value for name, value in said.items() if value != plain[name]})
        return f"{reverse('clients')}?{query}" if query else reverse("clients")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.type or self.updated)

    def found(self, *, by: Any) -> QuerySet[Client]:
        """Return the clients that are asked for, in their order."""
        clients = Client.objects.visible_to(by)
        if self.q:
            clients = clients.found_by(self.q)
        if self.type:
            clients = clients.filter(case_type=self.type)
        if self.updated:
            clients = clients.filter(updated_at__gte=timezone.now() - timedelta(days=int(self.updated)))
        return clients.only(*SHOWN).order_by(*ORDERS[self.sort])


@dataclass(frozen=True)
class Row:
    """A client in the list."""

    client_id: str
    address: str
    name: str
    case_number: str | None
    case_type: str | None
    is_restricted: bool
    updated_at: datetime
    papers: Tally
    question: str


@dataclass(frozen=True)
class Choice:
    """What a list to choose from offers."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Head:
    """A column that the list can be ordered by: where its head leads, and how the list is ordered by it now."""

    name: str
    key: str
    address: str
    direction: str


@require_safe
@login_required
@shows_damage
def clients(request: Any) -> HttpResponse:
    """List the clients, with how their papers stand and what was last asked about each."""
    wanted = Wanted.of(request.GET)
    page = Paginator(wanted.found(by=request.user), ROWS_A_PAGE).get_page(wanted.page)
    rows = list(_rows(page, by=request.user))
    ids = [client.pk for client in page]
    audit.record_read("client.listed", by=request.user, client_ids=ids, rows=len(rows))
    words = {"wanted": wanted, "page": page, "rows": rows, "count": f"{page.paginator.count:,}"}
    words |= {**_ways(wanted, page), **_choices(wanted)}
    if request.htmx:
        return _part(request, wanted, words)
    words |= {"types": _case_types(wanted, by=request.user), "told": TOLD.get(request.GET.get("told", ""))}
    return render(request, "conversations/clients.html", {**words, "view_place": "Clients"})


def _part(request: Any, wanted: Wanted, words: dict[str, Any]) -> HttpResponse:
    """Return the list alone; the browser's address says what it shows, and what is typed makes no history."""
    words = {**words, "is_part": True, "is_ordered_here": request.htmx.trigger_name == "sort"}
    response = render(request, "conversations/_clients.html", words)
    is_typed = request.htmx.trigger_name == "q"
    return (replace_url if is_typed else push_url)(response, wanted.address())


def _rows(page: Page[Client], *, by: Any) -> Iterator[Row]:
    ids = [client.pk for client in page]
    papers, questions = tallies(ids, by=by), last_questions(ids, by=by)
    for client in page:
        yield Row(
            client_id=client.pk,
            address=reverse("ask", args=[client.pk]),
            name=client.name,
            case_number=client.case_number,
            case_type=client.case_type,
            is_restricted=client.is_restricted,
            updated_at=client.updated_at,
            papers=papers[client.pk],
            question=questions.get(client.pk, ""),
        )


def _ways(wanted: Wanted, page: Page[Client]) -> dict[str, Any]:
    """Return where the heads and the pager lead."""
    previous = page.has_previous() and wanted.address(page=page.previous_page_number())
    following = page.has_next() and wanted.address(page=page.next_page_number())
    heads = {key: _head(name, key, wanted) for key, name in COLUMNS.items()}
    return {"heads": heads, "previous": previous, "next": following, "all": reverse("clients")}


def _head(name: str, key: str, wanted: Wanted) -> Head:
    """Return a column's head: it leads to the order by the column, and from there to its reverse."""
    downwards = f"-{key}"
    first, second = (downwards, key) if key == "updated" else (key, downwards)
    order = second if wanted.sort == first else first
    direction = {key: "ascending", downwards: "descending"}.get(wanted.sort, "")
    return Head(name, key, wanted.address(sort=order, page=1), direction)


def _choices(wanted: Wanted) -> dict[str, list[Choice]]:
    return {
        "periods": [Choice(value, name, value == wanted.updated) for value, name in PERIODS.items()],
        "orders": [Choice(value, name, value == wanted.sort) for value, name in ORDER_NAMES.items()],
    }


def _case_types(wanted: Wanted, *, by: Any) -> list[Choice]:
    """Return the types of case that are in use, and the one that is asked for, even if no client has it now."""
    types = case_types(by=by)
    missing = [wanted.type] if wanted.type and wanted.type not in types else []
    return [Choice(one, one, one == wanted.type) for one in (*missing, *types)]
