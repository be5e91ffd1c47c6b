"""The list of papers and the viewer in a browser: what looks again by itself, and pages that grow and shrink."""

import io
import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests import papers
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


def test_what_was_among_the_papers_already_is_told_until_one_adds_again_and_is_led_to(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Twice & Co")
    paper = ana.adds(client, "lease.txt", b"The rent is 900 dollars.")
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/documents/")
    copy = {"name": "copy.txt", "mimeType": "text/plain", "buffer": b"The rent is 900 dollars."}

    line = page.locator("#incoming li")

    with page.expect_response("**/documents/?page=1"):  # the list is fetched anew
        page.locator("#files").set_input_files(copy)
    page.wait_for_timeout(500)
    expect(line).to_contain_text("was among the papers already, as lease.txt.")
    line.get_by_role("link", name="Show it").click()
    expect(page.locator(f"#paper-{paper}")).to_be_focused()
    page.locator("#files").set_input_files(copy | {"buffer": b"The rent is 950 dollars."})
    expect(page.locator("#papers tbody tr")).to_have_count(2)
    expect(line).to_have_count(0)
    page.locator("#files").set_input_files(copy)
    line.get_by_role("button", name="Dismiss copy.txt").click()
    expect(line).to_have_count(0)


def test_whoever_tries_a_password_comes_back_to_the_paper_and_the_refusal_beside_it(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Long List & Co")
    sealed = ana.adds(client, "sealed.pdf", papers.encrypted_pdf("open sesame"))
    for number in range(14):
        ana.adds(client, f"{number}.txt", f"This is paper {number}.".encode())
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/documents/")
    row = page.locator(f"#paper-{sealed}")

    row.get_by_label("Its password").fill("wrong")
    row.get_by_label("Its password").press("Enter")
    page.wait_for_url(f"**#paper-{sealed}")

    refusal = row.get_by_text("The password does not open this file.")
    expect(refusal).to_be_in_viewport()
    expect(row).to_be_focused()


def test_enter_in_the_find_box_goes_from_place_to_place_and_stays_where_nothing_is_found(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Finders & Co")
    pages = ["The fee is due.", "No charge. The fee is small.", "A third page.", "The fee is paid."]
    paper = ana.adds(client, "fees.pdf", papers.pdf(pages))
    ana.await_papers(client)
    page = visit("ana", f"/documents/{paper}/?page=3")
    box, found, number = page.locator("#find"), page.locator(".found"), page.locator("#page-number")

    def assert_led(key, told, place):
        box.press(key)
        expect(found).to_have_text(told)
        expect(number).to_have_value(place)
        expect(box).to_be_focused()

    box.fill("the fee")
    assert_led("Enter", "3 of 3", "4")
    assert_led("Enter", "1 of 3", "1")
    assert_led("Enter", "2 of 3", "2")
    assert_led("Shift+Enter", "1 of 3", "1")
    assert_led("Shift+Enter", "3 of 3", "4")
    box.fill("zebra")
    assert_led("Enter", "not found", "4")
    assert re.search(r"[?&]page=4(&|$)", page.url)


def test_a_page_of_a4_is_printed_on_one_sheet_of_any_paper(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Printers & Co")
    scan = io.BytesIO()
    papers.written_picture("The tenant keeps the stairs clean.", size=(1_240, 1_754)).save(scan, "PNG")
    paper = ana.adds(client, "scan.png", scan.getvalue())
    ana.await_papers(client)
    page = visit("ana", f"/documents/{paper}/")
    page.wait_for_function("document.querySelector('.sheet img').naturalWidth > 0")

    margin = dict.fromkeys(["top", "right", "bottom", "left"], "10mm")
    printed = [len(pypdfium2.PdfDocument(page.pdf(format=name, margin=margin))) for name in ("A4", "Letter")]

    assert printed == [1, 1]


def test_a_long_file_name_is_broken_where_it_is_asked_whether_it_shall_go(workplace, visit):
    ana = workplace.people["ana"]
    paper = ana.adds(ana.opens("Long Names"), f"{'Schriftsatz_Klageerwiderung' * 4}.txt", b"A brief.")

    page = visit("ana", f"/documents/{paper}/delete/", viewport=PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
