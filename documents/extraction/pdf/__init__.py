"""Read PDF files with PDFium, which is fast but not safe in threads."""

from documents.extraction.pdf.opening import MEDIA_TYPE, opened
from documents.extraction.pdf.reading import read

__all__ = ["MEDIA_TYPE", "opened", "read"]
