"""axe-core on a page as it stands, in both colour schemes, wide and narrow."""

from collections.abc import Iterator

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")]
SETTLE_MILLISECONDS = 150  # a fade takes 120


def looks(page: Page) -> Iterator[str]:
    """Give a page each of its looks in turn."""
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(SETTLE_MILLISECONDS)
        yield f"{scheme} {size['width']}"


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, one line for each element, with the looks in which it is so."""
    page.evaluate(AXE_SCRIPT)
    found: dict[str, list[str]] = {}
    for look in looks(page):
        for rule in page.evaluate("(options) => axe.run(options)", _options(look))["violations"]:
            for node in rule["nodes"]:
                why = node["failureSummary"].splitlines()[-1].strip()
                found.setdefault(f"{rule['id']}: {node['html'][:160]}: {why}", []).append(look)
    return [f"{fault} ({', '.join(where)})" for fault, where in found.items()]


def _options(look: str) -> dict[str, object]:
    """Return all rules for each width once; another scheme changes nothing but colours."""
    every_rule = {"type": "tag", "values": RULES}
    colours = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    is_first_of_its_width = look in {"light 1440", "dark 390"}
    return {"runOnly": every_rule if is_first_of_its_width else colours, "resultTypes": ["violations"]}
