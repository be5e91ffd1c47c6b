"""Every task without a mouse: the Tab key leads there, and the focus can be seen."""

import re

from playwright.sync_api import expect

from tests import papers
from tests.e2e.deeds import question_box, settled, tab_to
from tests.e2e.pages import BAKERY, JANE

OUTLINE = """
() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}
"""
READING_MILLISECONDS = 60_000


def press(page, wanted, key="Enter"):
    """Go to something by Tab, see that the focus shows, and press a key."""
    tab_to(page, wanted)
    assert page.evaluate(OUTLINE), wanted
    page.keyboard.press(key)


def test_from_sign_in_to_sign_out_by_keyboard_alone(workplace, visit):
    ana = workplace.people["ana"]
    page = visit("", "/sign-in/")
    keyboard = page.keyboard

    expect(page.get_by_label("E-mail address")).to_be_focused()
    keyboard.type(ana.email)
    keyboard.press("Tab")
    keyboard.type(ana.password)
    keyboard.press("Enter")
    page.wait_for_url("**/today/")

    keyboard.press("g")
    keyboard.press("c")
    page.wait_for_url("**/clients/")
    press(page, page.get_by_role("link", name="New client").first)
    page.wait_for_url("**/clients/new/")
    tab_to(page, page.get_by_label(re.compile("^Name")))
    keyboard.type("Keyboard & Keys")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard & Keys")
    client = re.search(r"/clients/([^/]+)/", page.url)[1]
    page.goto(f"/clients/{client}/documents/")

    tab_to(page, page.get_by_label("Files to add"))
    with page.expect_file_chooser() as chooser:
        keyboard.press("Space")
    paper = papers.pdf(["# Note\n\nThe keys of the house are kept by Mrs. Lane until the first of June."])
    chooser.value.set_files({"name": "keys.pdf", "mimeType": "application/pdf", "buffer": paper})
    row = page.get_by_role("row").filter(has_text="keys.pdf")
    expect(row.get_by_text("ready", exact=True)).to_be_visible(timeout=READING_MILLISECONDS)

    press(page, page.get_by_role("navigation", name="Views of this client").get_by_role("link", name="Ask"))
    page.wait_for_url("**/ask/")
    tab_to(page, question_box(page))
    keyboard.type("Who keeps the keys of the house?")
    keyboard.press("Enter")
    answer = settled(page.get_by_role("article").last)

    press(page, answer.get_by_role("blockquote").get_by_role("link").first)
    expect(page.locator("#source svg.marks")).to_be_visible()
    press(page, page.get_by_role("link", name="Open the whole document"))
    page.wait_for_url("**/documents/**")
    press(page, page.get_by_role("button", name="Sign out"))
    page.wait_for_url("**/sign-in/")


def test_citations_are_turned_by_keys(workplace, visit):
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/")
    current = page.locator("#conversation a[data-citation][aria-current]")
    page.locator("#main").focus()

    turned = []
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
        expect(current.first).to_be_visible()
        turned.append(current.first.get_attribute("data-citation"))

    assert turned[0] == turned[2] != turned[1]


def test_keys_lead_to_places_and_the_question_mark_tells_them(workplace, visit):
    page = visit("ana", "/clients/")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("bakery")
    expect(page.get_by_role("link", name=JANE)).to_have_count(0)
    press(page, page.get_by_role("link", name=BAKERY))
    page.wait_for_url(f"**/clients/{workplace.clients[BAKERY]}/**")
    page.goto("/today/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.keyboard.type("notice")
    press(page, page.get_by_role("link", name=re.compile("custody-agreement")).first)
    page.wait_for_url("**/documents/**")


def test_a_document_is_paged_and_searched_by_keys(workplace, visit):
    page = visit("ana", f"/documents/{workplace.ids['agreement']}/")

    page.keyboard.press("ArrowRight")
    expect(page.locator("#page-number")).to_have_value("2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#page-number")).to_have_value("1")
    page.keyboard.press("f")
    expect(page.get_by_label("Find in this document")).to_be_focused()
    page.keyboard.type("School Calendar")
    page.keyboard.press("Enter")
    expect(page.locator("svg.marks rect.here").first).to_be_visible()
    found = page.url
    page.get_by_label("Find in this document").blur()
    page.keyboard.press("n")
    page.wait_for_function("(before) => location.href !== before", arg=found)


def test_deleting_a_paper_asks_first_and_by_keyboard(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Delete & Co")
    ana.adds(client, "spare.txt", b"This one may go.")
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/documents/")

    press(page, page.get_by_role("link", name="Delete spare.txt"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Delete spare.txt")).to_be_focused()
    page.keyboard.press("Enter")
    press(page, dialog.get_by_role("button", name="Delete"))

    expect(page.get_by_role("heading", name="No documents yet")).to_be_visible()


def test_the_first_tab_skips_to_the_content(workplace, visit):
    page = visit("ana", "/today/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
