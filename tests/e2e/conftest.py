"""A browser of its own for every test, on one product that runs for all of them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.furniture import furnish
from tests.e2e.guard import Guard
from tests.e2e.workplace import Workplace, opened

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PATIENCE_MILLISECONDS = 15_000
Visit = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MILLISECONDS)  # the machine may have other tests to run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of a browser as slow, and skip it where there is no browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def workplace() -> Iterator[Workplace]:
    """Give all tests one product: to start it takes longer than most of them."""
    with opened() as made:
        made.ids = furnish(made)
        yield made


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Give the tests of this package a browser; its event loop must be gone when others use the database."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def guard(workplace: Workplace) -> Iterator[Guard]:
    """Fail the test when a page did what none may do."""
    watching = Guard(workplace.root)
    yield watching
    assert watching.faults == []


@pytest.fixture
def visit(workplace: Workplace, chromium: Browser, guard: Guard) -> Iterator[Visit]:
    """Return what opens a page for somebody: `visit("ana", "/today/")`; each call is a browser without a past.

    Without an address the page is empty yet.
    """
    contexts: list[BrowserContext] = []

    def visited(person: str = "", address: str = "", **options: object) -> Page:
        context = chromium.new_context(base_url=workplace.root, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        guard.watch(context)
        if person:
            context.add_cookies(workplace.people[person].cookies())
        page = context.new_page()
        if address:
            page.goto(address)
        return page

    yield visited
    for context in contexts:
        context.close()
