"""axe-core on a page as it stands, in both colour schemes, wide and narrow."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page


class Size(NamedTuple):
    """A screen, in pixels."""

    width: int
    height: int


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = Size(1440, 900), Size(390, 844)
COVERED = "light 390"  # its rules hold as in the dark, its colours as on the wide screen
SCHEMES = {WIDE: ("light", "dark"), NARROW: ("dark", "light")}
DRAWN = """
async () => {
  await Promise.all([...document.images].map((picture) => picture.decode().catch(() => {})));
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}
"""
SHIFTED = """
() => new Promise((told) => {
  let sum = 0;
  const add = (shifts) => { for (const shift of shifts) if (!shift.hadRecentInput) sum += shift.value; };
  const watching = new PerformanceObserver((list) => add(list.getEntries()));
  watching.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => { add(watching.takeRecords()); told(sum); }, 50);
})
"""


def shifted(page: Page) -> float:
    """Return how much of a page has jumped while it was loaded, as the browser counts it: 0.1 is thought bearable."""
    moved: float = page.evaluate(SHIFTED)
    return moved


def looks(page: Page, sizes: Sequence[Size]) -> Iterator[str]:
    """Give a page each of its looks in turn."""
    for size in sizes:
        for scheme in SCHEMES[size]:
            page.set_viewport_size(size._asdict())
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # nothing fades
            page.evaluate(DRAWN)
            yield f"{scheme} {size.width}"


def violations(page: Page, sizes: Sequence[Size]) -> list[str]:
    """Return what axe finds wrong, one line for each element, with the looks in which it is so."""
    page.evaluate(AXE_SCRIPT)
    found: dict[str, list[str]] = {}
    for look in looks(page, sizes):
        if look == COVERED and len(sizes) > 1:
            continue
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
