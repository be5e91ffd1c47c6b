"""Speed as ratios of one run: reading in the sandbox against the bare tools, in turns."""

import time
from collections.abc import Callable, Sequence
from io import BytesIO
from statistics import median

import pypdfium2
from PIL import Image

from documents.extraction import Refusal, extract
from tests.benchmarks.reading import rivals
from tests.benchmarks.reading.clock import processor_seconds
from tests.benchmarks.reading.corpus import Paper
from tests.benchmarks.reading.outcomes import read_in_child
from tests.benchmarks.synthetic import Author
from tests.benchmarks.turns import Deed, in_turns, ratio

ROUNDS, TIMES, SCAN_ROUNDS, SCAN_COPIES = 7, 3, 3, 2
PDF_GOAL, OCR_GOAL, OVERHEAD_GOAL_MS = 0.40, 0.9, 4
SMALL_TEXTS, SEED = 200, 5


def measure(papers: Sequence[Paper]) -> None:
    """Print how fast PDFs, scans and small texts are read."""
    _measure_overhead()
    if pdfs := [paper.path.read_bytes() for paper in papers if paper.is_born_digital]:
        _measure_pdfs(pdfs)
    scans = [paper.path.read_bytes() for paper in papers if paper.kind == "pdf-scan"]
    if scans and rivals.TESSERACT:
        _measure_scans(scans)


def _measure_pdfs(contents: Sequence[bytes]) -> None:
    def through_the_sandbox() -> int:
        return sum(len(read_in_child(content).pages) for content in contents)

    def bare() -> int:
        return sum(len(rivals.plain_pdfium(content)) for content in contents)

    count = bare()
    assert through_the_sandbox() == count, "not every page was read"
    plain, ours = in_turns(ROUNDS, bare, through_the_sandbox, times=TIMES, clock=processor_seconds)
    print(
        f"PDFs with boxes through the sandbox, {len(contents)} files of {count} pages, pages per CPU second, median of"
        f" {ROUNDS} rounds in turns:\n   {count / median(ours):.0f}, plain pypdfium2 {count / median(plain):.0f}:"
        f" ratio {ratio(plain, ours):.2f}; the goal is {PDF_GOAL:.2f} or more"
    )


def _measure_overhead() -> None:
    texts = [text.encode() for _heading, text in Author(SEED).passages(SMALL_TEXTS)]
    inside, outside = [], []
    read_in_child(texts[0])  # the start of the child is not measured
    for text in texts:
        outside.append(_milliseconds(lambda content=text: extract(BytesIO(content), filename="")))
        inside.append(_milliseconds(lambda content=text: read_in_child(content)))
    print(
        f"The sandbox, median of {SMALL_TEXTS} small texts: {median(inside):.2f} ms a document, in this process"
        f" {median(outside):.2f} ms: overhead {median(inside) - median(outside):.2f} ms;"
        f" the goal is {OVERHEAD_GOAL_MS} ms or less"
    )


def _milliseconds(deed: Deed) -> float:
    began = time.perf_counter()
    deed()
    return 1000 * (time.perf_counter() - began)


def _measure_scans(contents: Sequence[bytes]) -> None:
    """Compare on pages that are pictures already, and on a PDF that has to be rendered first."""
    pages = [page for content in contents for page in rivals.rendered(content)] * SCAN_COPIES
    given = [rivals.png(page) for page in pages]
    bare = _Metered(lambda: rivals.bare_tesseracts(given))
    frames, scan = _frames(pages), _together(contents * SCAN_COPIES)
    pictures, pdf = (_Metered(lambda content=content: read_in_child(content)) for content in (frames, scan))
    try:
        pdf()  # the first start of the programs is not measured
        pictures()
    except Refusal as refusal:
        print(f"Text recognition is not measured: {refusal}")
        return
    plain, *ours = in_turns(SCAN_ROUNDS, bare, pictures, pdf)
    print(
        f"Text recognition of {len(pages)} pages in the sandbox against bare tesseract on the rendered pages,"
        f" as many at once, median of {SCAN_ROUNDS} rounds in turns:"
    )
    told = (
        ("the same pictures", f"the goal is {OCR_GOAL} or more"),
        ("a PDF", "with rendering, which bare tesseract is spared"),
    )
    for (name, remark), seconds, metered in zip(told, ours, (pictures, pdf), strict=True):
        print(
            f"   {name}: {len(pages) / median(seconds):.2f} pages a second against {len(pages) / median(plain):.2f}:"
            f" ratio {ratio(plain, seconds):.2f}; in CPU time {ratio(bare.seconds, metered.seconds[1:]):.2f}; {remark}"
        )


def _frames(pages: Sequence[Image.Image]) -> bytes:
    """Return one TIFF of pages."""
    file, dpi = BytesIO(), (rivals.DPI, rivals.DPI)
    # An image keeps how it was saved as PNG, and trips over it.
    first, *rest = (page.copy() for page in pages)
    first.save(file, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw", dpi=dpi)
    return file.getvalue()


def _together(contents: Sequence[bytes]) -> bytes:
    """Return one PDF of the pages of several."""
    whole, file = pypdfium2.PdfDocument.new(), BytesIO()
    for content in contents:
        whole.import_pages(pypdfium2.PdfDocument(content))
    whole.save(file)
    return file.getvalue()


class _Metered:
    """A deed that keeps the processor's seconds of each time that it is done."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._deed = deed
        self.seconds: list[float] = []

    def __call__(self) -> None:
        began = processor_seconds()
        self._deed()
        self.seconds.append(processor_seconds() - began)
