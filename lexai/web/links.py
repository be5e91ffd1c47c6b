"""The addresses of many rows."""

from collections.abc import Callable

from django.urls import reverse

_ANY = 10**9


def links_to(name: str) -> Callable[[int], str]:
    """Return what tells the address of each row: Django takes as long to look one up as to show the row."""
    before, after = reverse(name, args=[_ANY]).split(str(_ANY))
    return lambda pk: f"{before}{pk}{after}"
