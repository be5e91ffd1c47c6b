"""The list of papers and the viewer in a browser: what looks again by itself, and pages that grow and shrink."""

import pytest
from playwright.sync_api import expect

from tests.e2e.marks import is_covered_by

PHONE = {"width": 390, "height": 844}
FIT_BETWEEN = """
() => {
  const word = [...document.querySelectorAll("svg.words tspan")].find((one) => one.textContent === "notice");
  const within = (inner, outer) => ({
    left: (inner.left - outer.left) / outer.width, width: inner.width / outer.width,
    top: (inner.top - outer.top) / outer.height,
  });
  const { left, width, top } = within(
    word.getBoundingClientRect(), document.querySelector(".sheet img").getBoundingClientRect());
  return [left, width, top].map((part) => Math.round(part * 500));
}
"""


def width_of(page, selector):
    return page.locator(selector).bounding_box()["width"]


def requests_of(page, guard):
    return sum(address.startswith(page.url) for address in guard.requested)


@pytest.mark.parametrize("is_viewer", [False, True], ids=["the list", "the viewer"])
def test_what_looks_again_stops_when_it_is_refused_and_says_so(is_viewer, workplace, visit, guard):
    ana = workplace.people["ana"]
    client = ana.opens("Unread & Co")
    guard.expected |= {404}
    with workplace.without_reading():
        paper = ana.adds(client, "note.txt", b"The fee is paid.")
        address = f"/documents/{paper}/" if is_viewer else f"/clients/{client}/documents/"
        page = visit("ben", address)
        expect(page.get_by_text("waiting to be read").first).to_be_visible()
        ana.post(f"clients/{client}/restrict/", members=[])
        expect(page.get_by_role("alert")).to_contain_text(
            "What is shown here is not kept up to date any more."
        )
        asked = requests_of(page, guard)
        page.wait_for_timeout(4_500)

    assert page.locator("[hx-trigger*=every]").count() == 0
    assert requests_of(page, guard) == asked


def test_a_page_grows_in_its_own_box_on_a_phone_and_its_words_stay_on_the_picture(workplace, visit):
    page = visit("ana", f"/documents/{workplace.ids['agreement']}/", viewport=PHONE)
    expect(page.locator(".sheet img")).to_be_visible()
    page.wait_for_function("document.querySelector('.sheet img').naturalWidth > 0")
    fit, places = width_of(page, ".sheet"), page.evaluate(FIT_BETWEEN)

    for _step in range(3):
        page.get_by_role("button", name="Larger").click()

    assert width_of(page, ".sheet") == pytest.approx(2 * fit, abs=1)
    assert page.evaluate(FIT_BETWEEN) == pytest.approx(places, abs=1)
    assert is_covered_by(page.locator("svg.words"), page.locator(".sheet img"))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    desk = page.get_by_role("region", name="The page")
    desk.focus()
    before = desk.evaluate("(desk) => desk.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([desk, before]) => desk.scrollLeft > before", arg=[desk.element_handle(), before]
    )
    expect(page.locator("#page-number")).to_have_value("1")


def test_a_page_is_sized_by_keys_and_the_next_one_has_the_same_size(workplace, visit):
    page = visit("ana", f"/documents/{workplace.ids['agreement']}/")
    fit = width_of(page, ".sheet")

    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="150 %, fit the width")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#page-number")).to_have_value("2")
    assert width_of(page, ".sheet") == pytest.approx(1.5 * fit, abs=1)
    page.keyboard.press("-")
    assert width_of(page, ".sheet") == pytest.approx(1.25 * fit, abs=1)
    page.keyboard.press("0")
    assert width_of(page, ".sheet") == pytest.approx(fit, abs=1)


def test_a_search_leads_to_its_words_on_the_page_and_the_button_says_what_it_prints(workplace, visit):
    page = visit("ana", "/search/?q=notices")

    page.get_by_role("link", name="custody-agreement").first.click()
    page.wait_for_url("**/documents/**")

    expect(page.locator("svg.marks rect.here")).to_have_count(1)
    expect(page.locator(".found")).to_contain_text("Your search: ")
    place = page.locator("#viewer").get_attribute("data-place")
    expect(page.get_by_role("button", name=f"Print {place}")).to_be_visible()
    page.locator("#match-after").click()
    page.wait_for_url("**sought=notices**")
    expect(page.locator("svg.marks rect.here")).to_have_count(1)
