"""The bare tools that reading is held against: PDFium alone, and tesseract alone."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageSequence

DPI = 300
TESSERACT = shutil.which("tesseract")


def plain_pdfium(content: bytes) -> list[str]:
    """Return the text of each page as PDFium gives it, in this process."""
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range(errors="surrogatepass") for page in document]


def rendered(content: bytes, *, pages: Sequence[int] | None = None) -> Iterator[Image.Image]:
    """Yield pages of a PDF, those of these indexes or all, as grey pictures of 300 dots an inch."""
    document = pypdfium2.PdfDocument(content)
    for index in range(len(document)) if pages is None else pages:
        yield document[index].render(scale=DPI / 72, grayscale=True).to_pil()


def pictures(path: Path) -> list[bytes]:
    """Return what of a scan tesseract is given: its rendered pages, or the frames of the picture."""
    content = path.read_bytes()
    if content.startswith(b"%PDF"):
        return [png(page) for page in rendered(content)]
    with Image.open(BytesIO(content)) as picture:
        return [png(frame, picture.info.get("dpi")) for frame in ImageSequence.Iterator(picture)]


def png(picture: Image.Image, dpi: tuple[float, float] | None = (DPI, DPI)) -> bytes:
    """Return a picture as a file that tells its resolution, where it is known."""
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1, **({"dpi": dpi} if dpi else {}))
    return file.getvalue()


def bare_tesseract(picture: bytes) -> str:
    """Return the text of a picture file as tesseract prints it."""
    return tesseract("stdin", picture, mode=1, languages="eng")


def tesseract(path: Path | str, given: bytes = b"", *, mode: int, languages: str) -> str:
    """Return what one tesseract prints of a picture, or of a list of pictures; on one thread."""
    done = subprocess.run(
        [TESSERACT, path, "stdout", "-l", languages, "--psm", str(mode)],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        check=True,
    )
    return done.stdout.decode()


@cache
def languages() -> str:
    """Return those of the corpus that this tesseract knows."""
    done = subprocess.run([TESSERACT, "--list-langs"], stdout=subprocess.PIPE, check=True)
    return "+".join(sorted({"eng", "deu"} & set(done.stdout.decode().split())))


def bare_tesseracts(given: Sequence[bytes]) -> list[str]:
    """Return the texts of picture files, as many at once as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(bare_tesseract, given))
