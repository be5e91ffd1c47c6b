"""Read the pages of a PDF in their order, and have those that are pictures of text recognised meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

from documents.extraction import limits, ocr
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.layout import pack_columns
from documents.extraction.pdf import attachments, rendering, scans, unseen
from documents.extraction.pdf.forms import Field, with_fields
from documents.extraction.pdf.notes import noted, with_notes
from documents.extraction.pdf.opening import MEDIA_TYPE, opened
from documents.extraction.pdf.words import Written, written
from documents.extraction.refusals import Damaged, OverLimits
from documents.extraction.sheets import Sheet, tiled

_DYNAMIC_FORM = "This PDF is a form of Adobe LiveCycle (XFA), of which only what its pages show was read."
_UNDERLAID = "Another program put the text under the picture of these pages. Compare it with the picture:"
_UNSEEN = "Text that these pages do not show was read too. Look at them before you rely on it:"


def read(content: bytes, job: Job) -> Extracted:
    """Read the pages that the job asks for, their words with boxes, what was filled in or noted, and scans.

    The first page brings along the attached files, which are handed on.

    Raise PasswordProtected, WrongPassword, Damaged, OverLimits, or, when the whole was asked for, NoText or
    OnlyPictures.
    """
    with opened(content, job.password) as document, ocr.Recogniser(job.languages) as recogniser:
        extracted = _Reading(document, job, recogniser).whole()
        if job.first_page == 1:  # of all ranges of a long paper, only the first brings them along
            extracted.warnings.extend(attachments.handed_on(document, job))
    if not extracted.text.strip() and (job.first_page, job.last_page) == (1, None):
        raise ocr.silence(extracted.warnings)
    return extracted


@dataclass
class _Reading:
    """The pages that a job asks for, by number."""

    document: pypdfium2.PdfDocument
    job: Job
    recogniser: ocr.Recogniser
    remarks: ocr.Remarks = field(default_factory=ocr.Remarks)
    sheets: dict[int, Sheet] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    notes: dict[int, list[Field]] = field(default_factory=dict)
    underlaid: set[int] = field(default_factory=set)
    unseen: set[int] = field(default_factory=set)
    characters: int = 0
    done: int = 0

    def whole(self) -> Extracted:
        """Read the pages, and put them together; raise Damaged when none of them can be read."""
        count = len(self.document)
        numbers = range(self.job.first_page, min(self.job.last_page or count, count) + 1)
        for number in numbers:
            self._read(number)
            self._take_finished()
        self._take_finished(are_all_submitted=True)
        if numbers and len(self.remarks.unreadable) == len(numbers):
            raise Damaged
        for number, notes in self.notes.items():
            self.sheets[number] = with_notes(self.sheets[number], notes)
        text, pages = tiled(self.sheets)
        return Extracted(text, pages, MEDIA_TYPE, self._warnings(), page_count=count)

    def _read(self, number: int) -> None:
        """Read a page, or begin to recognise it; one that is damaged stays empty."""
        try:
            with _loaded(self.document, number) as page:
                found = _found(page)
                self._judge(number, page, found)
                self._keep(number, _sheet(page, found))
                self._note(number, page, found)
                if scans.may_be_scanned(page, found) and self._is_submitted(number, page):
                    return
        except pypdfium2.PdfiumError:
            self._keep(number, Sheet())
            self.remarks.unreadable.append(number)
        self._tell()

    def _judge(self, number: int, page: pypdfium2.PdfPage, found: Written) -> None:
        """Remember a page of which not all text is seen: it lies under a picture of it, or nowhere."""
        if found.is_invisible and scans.is_covered(page):
            self.underlaid.add(number)
        elif found.is_invisible or unseen.is_outside(page, found.boxes):
            self.unseen.add(number)

    def _note(self, number: int, page: pypdfium2.PdfPage, found: Written) -> None:
        """Put aside what was written onto a page: recognition may yet give the page another text."""
        for note in noted(page, found):
            self.notes.setdefault(number, []).append(note)
            self._spend(note.value)

    def _keep(self, number: int, sheet: Sheet) -> None:
        self.sheets[number] = sheet
        self._spend(sheet.text)

    def _spend(self, text: str) -> None:
        self.characters += len(text)
        if self.characters > limits.CHARACTER_LIMIT:
            raise OverLimits

    def _is_submitted(self, number: int, page: pypdfium2.PdfPage) -> bool:
        if not ocr.is_installed():
            self.remarks.not_installed.append(number)
            return False
        if scans.is_hidden(page):
            self.hidden.add(number)
        self.recogniser.submit(number, scans.picture(page))
        return True

    def _take_finished(self, *, are_all_submitted: bool = False) -> None:
        """Keep what was recognised where the page's own text does not hold it."""
        for number, recognised in self.recogniser.finished(are_all_submitted=are_all_submitted):
            is_hidden = number in self.hidden
            sheet = scans.with_recognised(self.sheets[number], recognised, is_hidden=is_hidden)
            if sheet is not self.sheets[number]:
                self._keep(number, sheet)
                if is_hidden:  # and the layer was replaced
                    self.underlaid.discard(number)
            self.remarks.add(number, recognised, has_text=bool(self.sheets[number].text.strip()))
            self._tell()

    def _tell(self) -> None:
        self.done += 1
        self.job.progress(self.job.first_page - 1 + self.done, len(self.document))

    def _warnings(self) -> list[str]:
        dynamic = [_DYNAMIC_FORM] if self.document.get_formtype() == raw.FORMTYPE_XFA_FULL else []
        remarks = {_UNDERLAID: self.underlaid, _UNSEEN: self.unseen}
        said = [f"{sentence} {ocr.named(list(numbers))}." for sentence, numbers in remarks.items() if numbers]
        return [*dynamic, *self.remarks.sentences(self.job.languages), *said]


@contextmanager
def _loaded(document: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage]:
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()


def _found(page: pypdfium2.PdfPage) -> Written:
    """Read the text of a page, and below it what was filled into its fields."""
    textpage = page.get_textpage()
    try:
        return with_fields(page, written(page, textpage))
    finally:
        textpage.close()


def _sheet(page: pypdfium2.PdfPage, found: Written) -> Sheet:
    width, height = rendering.size(page)
    layout = pack_columns(found.starts, found.ends, found.boxes, start=0, width=width, height=height)
    return Sheet(width, height, found.text, layout)
