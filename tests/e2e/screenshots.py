"""`make screenshots`: a picture of every page of ours, light and dark, wide and narrow."""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.e2e.accessibility import looks
from tests.e2e.conftest import CHROMIUM, PATIENCE_MILLISECONDS
from tests.e2e.furniture import furnish
from tests.e2e.pages import PLACES, Place
from tests.e2e.workplace import Workplace, opened

HIGHEST = 4_000  # pixels of a picture


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", help="a part of the names of the pages to show")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with opened() as workplace, sync_playwright() as playwright:
        workplace.ids = furnish(workplace)
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for place in PLACES:
            if given.only in place.name:
                _try(browser, workplace, place, given.folder)
        browser.close()


def _try(browser: Browser, workplace: Workplace, place: Place, folder: Path) -> None:
    """Take the pictures of a page, or say why there are none: the others are wanted all the same."""
    try:
        _take(browser, workplace, place, folder)
    except (AssertionError, Error) as failure:
        print(f"{place}: {failure}")


def _take(browser: Browser, workplace: Workplace, place: Place, folder: Path) -> None:
    with browser.new_context(base_url=workplace.root) as context:
        _take_in(context, workplace, place, folder)


def _take_in(context: BrowserContext, workplace: Workplace, place: Place, folder: Path) -> None:
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    if place.person:
        context.add_cookies(workplace.people[place.person].cookies())
    page = context.new_page()
    with place.shown(page, workplace) as answer:
        if answer.status != place.status:
            print(f"{place}: answered with {answer.status}, not {place.status}")
        for look in looks(page, place.sizes):
            _stretch(page)
            page.screenshot(path=folder / f"{place.name}-{look.replace(' ', '-')}.png")


def _stretch(page: Page) -> None:
    """Make the screen as high as the page, so that what is fixed to its edges covers nothing."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height, HIGHEST)})


if __name__ == "__main__":
    main()
