"""WCAG 2.2 AA on every page of ours, with all that it can show: in both colour schemes, on a screen and a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import shifted, violations
from tests.e2e.pages import PLACES

JUMP = 0.03
WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_axe_finds_nothing_nothing_jumps_and_nothing_is_wider_than_a_phone(place, visit, workplace, guard):
    guard.expected |= {place.status, *place.provokes}
    guard.is_offline = place.is_offline
    page = visit(place.person)

    with place.shown(page, workplace) as answer:
        assert answer.status == place.status
        expect(page).to_have_title(re.compile(r".+ \| LexAI"))
        expect(page.locator("h1")).to_have_count(1)
        assert shifted(page) < JUMP
        found = violations(page, place.sizes)
        assert not found, "\n".join(found)
        assert page.evaluate(WIDTH) <= place.sizes[-1].width
