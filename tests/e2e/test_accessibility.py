"""WCAG 2.2 AA on every page of ours: in both colour schemes, on a wide screen and on a phone."""

import re

import pytest

from tests.e2e.accessibility import NARROW, violations
from tests.e2e.pages import PLACES

REFUSALS = {401, 403, 404}  # which some of these pages show


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(place, visit, workplace, guard):
    guard.expected |= REFUSALS
    page = visit(place.person, place.address.format(**workplace.ids), bypass_csp=True)
    place.prepare(page)
    found = violations(page)

    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_every_page_says_what_it_is_and_keeps_the_content_policy(visit, workplace, guard):
    guard.expected |= REFUSALS
    pages = {person: visit(person, "/sign-in/") for person in ("", "ana", "dora")}

    statuses, headings, unnamed = {}, {}, []
    for place in PLACES:
        page = pages[place.person]
        statuses[place.name] = page.goto(place.address.format(**workplace.ids)).status
        place.prepare(page)
        headings[place.name] = page.locator("h1").count()
        if not re.fullmatch(r".+ \| LexAI", page.title()):
            unnamed.append(place.name)

    assert statuses == {place.name: place.status for place in PLACES}
    assert headings == {place.name: 1 for place in PLACES}
    assert unnamed == []
