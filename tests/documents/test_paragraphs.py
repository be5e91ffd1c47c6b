"""Paragraphs as one column keeps them."""

import json

from documents import paragraphs, services
from documents.extraction import Paragraph
from documents.models import Document
from tests import factories, papers

WRITTEN = [
    Paragraph(0, 4),
    Paragraph(6, 9, ("Annex", "Rent")),
    Paragraph(9, 12, ("Annex",)),
    Paragraph(12, 15, ("Rent",)),
    Paragraph(15, 20, ("Annex", "Rent")),
]


def test_paragraphs_come_back_as_they_were():
    stored = json.loads(json.dumps(paragraphs.packed(WRITTEN)))

    assert list(paragraphs.unpacked(stored)) == WRITTEN
    assert stored[0] == [[-1, "Annex"], [0, "Rent"], [-1, "Rent"]]


def test_of_none_nothing_is_kept_and_what_is_erased_holds_none():
    assert paragraphs.packed([]) == []
    assert [list(paragraphs.unpacked(stored)) for stored in ([], ["[erased]"])] == [[], []]


def test_long_headings_are_kept_once_however_many_paragraphs_they_have():
    path = ("h" * 1000, "i" * 1000)
    many = [Paragraph(place, place + 1, path) for place in range(500)]

    assert len(json.dumps(paragraphs.packed(many))) < 12_000


def test_the_text_of_a_document_tells_the_headings_of_each_paragraph(cast):
    document = factories.ready_document(cast.open, papers.docx(["# Annex", "## Rent", "It is $900."]))
    shown = services.read_text(document, by=cast.ana)

    assert [(shown.text[one.start : one.end], one.headings) for one in paragraphs.unpacked(shown.paragraphs)][
        -1
    ] == ("It is $900.", ("Annex", "Rent"))
    assert Document.objects.count() == 1
