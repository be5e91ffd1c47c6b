"""Where words stand, as one cites them."""

import pytest

from documents.models import Document
from documents.places import place_told


@pytest.mark.parametrize(
    ("pages", "page", "page_end", "path", "told"),
    [
        (1, 1, 1, "Lease > 1. Rent", "1. Rent"),
        (5, 3, 3, "7. Relocation > 7.1", "page 3, § 7.1"),
        (5, 3, 4, "7. Relocation > 7.1.", "pages 3 to 4, § 7.1."),
        (5, 3, None, "", "page 3"),
        (1, None, None, "", ""),
    ],
)
def test_a_place_is_its_pages_and_the_nearest_heading(pages, page, page_end, path, told):
    assert place_told(Document(page_count=pages), page, page_end, path) == told
