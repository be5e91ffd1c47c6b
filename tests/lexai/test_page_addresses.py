"""What addresses of pages say: numbers, and where rows are."""

import pytest
from django.urls import reverse

from lexai.web.links import links_to
from lexai.web.numbers import ID_MOST, whole_number


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0", 0),
        ("12", 12),
        ("007", 7),
        (str(ID_MOST), ID_MOST),
        (str(ID_MOST + 1), None),
        ("9" * 40, None),
        ("-1", None),
        ("1.5", None),
        (" 1", None),
        ("٣", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_number_is_written_in_digits_and_is_none_that_no_row_can_have(given, expected):
    assert whole_number(given) == expected


def test_a_number_above_the_most_is_none():
    assert [whole_number(given, most=100) for given in ("100", "101", "0100")] == [100, None, None]


def test_the_addresses_of_many_rows_are_those_that_django_knows():
    names = ["document", "document-delete", "documents:document-file"]

    assert [links_to(name)(7) for name in names] == [reverse(name, args=[7]) for name in names]
