"""`make screenshots`: a picture of every page of ours, light and dark, wide and narrow."""

import argparse
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.e2e.accessibility import looks
from tests.e2e.conftest import CHROMIUM, PATIENCE_MILLISECONDS
from tests.e2e.pages import PLACES, Place, furnish
from tests.e2e.workplace import Workplace, opened


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
                _take(browser, workplace, place, given.folder)
        browser.close()


def _take(browser: Browser, workplace: Workplace, place: Place, folder: Path) -> None:
    with browser.new_context(base_url=workplace.root) as context:
        _take_in(context, workplace, place, folder)


def _take_in(context: BrowserContext, workplace: Workplace, place: Place, folder: Path) -> None:
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    if place.person:
        context.add_cookies(workplace.people[place.person].cookies())
    page = context.new_page()
    answer = page.goto(place.address.format(**workplace.ids))
    if answer.status != place.status:
        print(f"{place}: answered with {answer.status}, not {place.status}")
        return
    place.prepare(page)
    page.wait_for_load_state("networkidle")  # pictures of pages come last
    for look in looks(page):
        page.screenshot(path=folder / f"{place.name}-{look.replace(' ', '-')}.png", full_page=True)


if __name__ == "__main__":
    main()
