"""The rows of the list of papers, laid out for the page that shows fifty of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat

from documents.models import Document
from documents.standing import Place
from documents.states import State, kind_of, state_of
from lexai.web.links import links_to

SHOWN = (
    "client_id",
    "filename",
    "media_type",
    "page_count",
    "pages_read",
    "pages_to_read",
    "refusal",
    "refusal_message",
    "size_bytes",
    "status",
    "upload_date",
    "warnings",
    "parent__filename",
    "uploaded_by__email",
    "uploaded_by__first_name",
    "uploaded_by__last_name",
)


@dataclass(frozen=True)
class Paper:
    """A row of the list."""

    key: str
    address: str
    file_address: str
    delete_address: str
    document: Document
    state: State
    kind: str
    level: int
    inside: int  # how many papers came in it
    is_below: bool  # what it came in stands in the list above it

    @property
    def facts(self) -> str:
        """Return what is known of the file, such as "PDF, 2 pages, 13 KB, attached"."""
        inside = f"{self.inside} attached" if self.inside else ""
        facts = (self.kind, filesizeformat(self.document.size_bytes), self._origin, inside)
        return ", ".join(part for part in facts if part)

    @property
    def going(self) -> str:
        """Return what goes with the paper when it is deleted."""
        return going_told(self.inside)

    @property
    def _origin(self) -> str:
        if self.document.parent is None:
            return ""
        return "attached" if self.is_below else f"came in {self.document.parent.filename}"


def papers_at(places: Sequence[Place], *, by: Any) -> list[Paper]:
    """Return the papers that stand at these places of the list, as far as they may be seen."""
    visible = Document.objects.visible_to(by).select_related("parent", "uploaded_by")
    found = visible.defer(None).only(*SHOWN).in_bulk([place.pk for place in places])
    return list(_rows(found, (place for place in places if place.pk in found)))


def going_told(inside: int) -> str:
    """Return what goes with a paper in which so many came, when it is deleted."""
    noun = "document" if inside == 1 else "documents"
    along = f", and {inside} {noun} that came in it" if inside else ""
    return (
        f"The file goes with all that was read in it{along}. What answers say of it stays in them, and can no longer "
        "be checked. This cannot be undone."
    )


def _rows(found: dict[int, Document], places: Iterable[Place]) -> Iterator[Paper]:
    address, file, delete = map(links_to, ("document", "documents:document-file", "document-delete"))
    for pk, level, inside in places:
        row = found[pk]
        yield Paper(
            str(pk),
            address(pk),
            file(pk),
            delete(pk),
            row,
            state_of(row),
            kind_of(row),
            level,
            inside,
            is_below=row.parent_id in found,
        )
