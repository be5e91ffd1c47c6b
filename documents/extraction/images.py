"""Read the text of scans and photographs; each frame is a page."""

from dataclasses import dataclass, field, replace

from PIL import Image
from PIL.ImageFile import ImageFile

from documents.extraction import limits, ocr, pixels
from documents.extraction.extracted import Extracted
from documents.extraction.job import Job
from documents.extraction.pixels import MEDIA_TYPES, SIGNATURES
from documents.extraction.refusals import Damaged, OverLimits
from documents.extraction.sheets import Sheet, tiled

__all__ = ["MEDIA_TYPES", "SIGNATURES", "read"]

_BLACK_AND_WHITE = "1"
_MODES = (_BLACK_AND_WHITE, "L")


def read(content: bytes, job: Job) -> Extracted:
    """Read the frames that the job asks for; raise Damaged, OverLimits, or for the whole NoText or OnlyPictures."""
    with pixels.opened(content) as (image, media_type), ocr.Recogniser(job.languages) as recogniser:
        extracted = _Reading(image, pixels.frame_count(image), media_type, job, recogniser).whole()
    if not extracted.text.strip() and (job.first_page, job.last_page) == (1, None):
        raise ocr.silence(extracted.warnings)
    return extracted


@dataclass
class _Reading:
    """The frames that a job asks for, by number."""

    image: ImageFile
    count: int
    media_type: str
    job: Job
    recogniser: ocr.Recogniser
    remarks: ocr.Remarks = field(default_factory=ocr.Remarks)
    sheets: dict[int, Sheet] = field(default_factory=dict)
    done: int = 0

    def whole(self) -> Extracted:
        """Recognise the frames, and put them together; raise Damaged when none of them can be read."""
        numbers = range(self.job.first_page, min(self.job.last_page or self.count, self.count) + 1)
        for number in numbers:
            if not self._is_submitted(number):
                self._tell()
            self._take_finished()
        self._take_finished(are_all_submitted=True)
        if numbers and len(self.remarks.unreadable) == len(numbers):
            raise Damaged
        text, pages = tiled(self.sheets)
        if len(text) > limits.CHARACTER_LIMIT:
            raise OverLimits
        warnings = self.remarks.sentences(self.job.languages)
        return Extracted(text, pages, self.media_type, warnings, page_count=self.count)

    def _is_submitted(self, number: int) -> bool:
        """Begin to recognise a frame; tell that one is damaged, which stays empty, or that it cannot be read."""
        try:
            frame = pixels.frame(
                self.image,
                number,
                most_pixels=ocr.PIXEL_LIMIT,
                most_side_pixels=ocr.SIDE_LIMIT_PIXELS,
                modes=_MODES,
            )
        except Damaged:
            self.sheets[number] = Sheet()
            self.remarks.unreadable.append(number)
            return False
        self.sheets[number] = Sheet(frame.width, frame.height)
        if not ocr.is_installed():
            self.remarks.not_installed.append(number)
            return False
        self.recogniser.submit(number, _picture(frame.image, frame.dpi))
        return True

    def _take_finished(self, *, are_all_submitted: bool = False) -> None:
        for number, recognised in self.recogniser.finished(are_all_submitted=are_all_submitted):
            self.sheets[number] = replace(
                self.sheets[number], text=recognised.text, layout=recognised.layout()
            )
            self.remarks.add(number, recognised, has_text=bool(recognised.text))
            self._tell()

    def _tell(self) -> None:
        self.done += 1
        self.job.progress(self.job.first_page - 1 + self.done, self.count)


def _picture(image: Image.Image, dpi: int) -> ocr.Picture:
    if image.mode == _BLACK_AND_WHITE:
        return ocr.Picture.black_and_white(image.tobytes(), image.width, image.height, dpi)
    return ocr.Picture.grey(image.tobytes(), image.width, image.height, dpi)
