"""Every task without a mouse: the Tab key leads there, and the focus can be seen."""

import re

from playwright.sync_api import expect

from tests import papers
from tests.e2e.deeds import exchanges, question_box, settled, tab_to
from tests.e2e.furniture import BAKERY, JANE
from tests.e2e.pages import save_a_stale_edit

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

    with (
        page.expect_file_chooser() as chooser
    ):  # watched from the first Tab on: a key must not outrun the watching
        press(page, page.get_by_label("Files to add"), "Space")
    paper = papers.pdf(["# Note\n\nThe keys of the house are kept by Mrs. Lane until the first of June."])
    chooser.value.set_files({"name": "keys.pdf", "mimeType": "application/pdf", "buffer": paper})
    row = page.get_by_role("row").filter(has_text="keys.pdf")
    expect(row.get_by_text("ready", exact=True)).to_be_visible(timeout=READING_MILLISECONDS)

    press(page, page.get_by_role("navigation", name="Views of this client").get_by_role("link", name="Ask"))
    page.wait_for_url("**/ask/")
    tab_to(page, question_box(page))
    keyboard.type("Who keeps the keys of the house?")
    keyboard.press("Enter")
    answer = settled(exchanges(page).last)

    press(page, answer.get_by_role("blockquote").get_by_role("link").first)
    expect(page.locator("#source svg.marks")).to_be_visible()
    press(page, page.get_by_role("link", name="Open the whole document"))
    page.wait_for_url("**/documents/**")
    press(page, page.get_by_role("button", name="Sign out"))
    page.wait_for_url("**/sign-in/?told=signed_out")


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
    tab_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("bakery")
    expect(page.get_by_role("link", name=JANE)).to_have_count(0)
    press(page, page.get_by_role("link", name=BAKERY))
    page.wait_for_url(f"**/clients/{workplace.clients[BAKERY]}/**")
    page.goto("/clients/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("notice")
    press(page, page.get_by_role("link", name=re.compile("custody-agreement")).first)
    page.wait_for_url("**/documents/**")


def test_single_keys_do_nothing_for_whoever_turned_them_off(visit):
    page = visit("ben", "/account/")
    choice = page.get_by_label("Use single keys as shortcuts")

    press(page, choice, "Space")
    press(page, page.get_by_role("button", name="Save the choice"))
    expect(page.get_by_text("Your keyboard is set.")).to_be_visible()
    expect(choice).not_to_be_checked()
    page.goto("/today/")
    for key in ("?", "/", "g", "c"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)  # for what must not happen
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/today/")

    page.goto("/account/")
    press(page, choice, "Space")
    press(page, page.get_by_role("button", name="Save the choice"))
    expect(page.get_by_text("Your keyboard is set.")).to_be_visible()
    expect(choice).to_be_checked()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


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

    expect(page.get_by_text("No documents yet.")).to_be_visible()


def open_details(page, name):
    """Unfold what is folded under a name."""
    press(page, page.locator("summary").filter(has_text=name))


def test_an_answer_is_stopped_asked_again_and_edited_by_keys(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Stop & Go")
    ana.adds(client, "note.txt", b"The ship sails at noon from the western pier.")
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/ask/")
    first, last = exchanges(page).first, exchanges(page).last

    with workplace.dictating(client) as answer:
        tab_to(page, question_box(page))
        page.keyboard.type("When does the ship sail?")
        page.keyboard.press("Enter")
        answer.await_word("begun")
        answer.say("The ship sails ")
        expect(first).to_contain_text("The ship sails")
        press(page, first.get_by_role("button", name="Stop"))
        expect(settled(first)).to_contain_text("incomplete")
    press(page, first.get_by_role("button", name="Ask again"))
    expect(exchanges(page)).to_have_count(2)
    expect(settled(last)).to_contain_text("at noon from the western pier")

    press(page, last.get_by_role("link", name="Edit the question"))
    expect(question_box(page)).to_be_focused()
    expect(question_box(page)).to_have_value("When does the ship sail?")
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type(", and from where?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="When does the ship sail, and from where?")).to_be_visible()
    settled(last)


def test_a_thread_is_limited_renamed_copied_and_taken_along_by_keys(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Limits & Titles")
    for name, fee in (("first.txt", "30"), ("second.txt", "40")):
        ana.adds(client, name, f"The fee of the notary is {fee} dollars.".encode())
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/ask/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    press(page, page.get_by_role("link", name="choose", exact=True))
    press(page, page.get_by_role("checkbox", name="second.txt"), "Space")
    tab_to(page, question_box(page), key="Shift+Tab")
    page.keyboard.type("What is the fee of the notary?")
    page.keyboard.press("Enter")
    answer = settled(exchanges(page).last)
    expect(answer).to_contain_text("40 dollars")
    expect(answer).not_to_contain_text("30 dollars")
    expect(exchanges(page).last).to_contain_text("of second.txt")

    press(page, answer.get_by_role("button", name="Copy with citations"))
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "The fee of the notary is 40 dollars" in copied
    assert "second.txt; found word for word" in copied

    press(page, page.locator(".threads summary"))
    tab_to(page, page.get_by_label("Title of this thread"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("The notary")
    page.keyboard.press("Enter")
    expect(page.locator(".threads summary")).to_have_text("The notary")

    with page.expect_download() as saved:
        press(page, page.get_by_role("link", name="Word", exact=True))
    assert saved.value.suggested_filename.endswith(".docx")
    press(page, page.get_by_role("link", name="Print", exact=True))
    page.wait_for_url("**/print/")


def test_a_sealed_paper_is_read_with_its_password_by_keys(workplace, visit, guard):
    guard.expected.add(409)  # of the picture: the password is not kept
    ana = workplace.people["ana"]
    client = ana.opens("Password & Keys")
    paper = ana.adds(client, "sealed.pdf", papers.encrypted_pdf("open sesame"))
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/documents/")
    row = page.get_by_role("row").filter(has_text="sealed.pdf")

    tab_to(page, row.get_by_label(re.compile("password", re.IGNORECASE)))
    page.keyboard.type("open sesame")
    press(page, row.get_by_role("button", name="Try again: sealed.pdf"))
    expect(row.get_by_text("ready", exact=True)).to_be_visible(timeout=READING_MILLISECONDS)
    with page.expect_download() as saved:
        press(page, row.get_by_role("link", name="Download sealed.pdf"))
    press(page, row.get_by_role("link", name="sealed.pdf", exact=True))

    page.wait_for_url(f"**/documents/{paper}/")
    assert saved.value.suggested_filename == "sealed.pdf"


def test_a_client_is_changed_shown_to_chosen_colleagues_and_deleted_by_keys(workplace, visit):
    ana, ben = workplace.people["ana"], workplace.people["ben"]
    client = ana.opens("Members & Walls")
    page = visit("ana", f"/clients/{client}/case/")

    press(page, page.get_by_role("link", name="Change the details"))
    tab_to(page, page.get_by_label("Notes"))
    page.keyboard.type("Calls only in the morning.")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Calls only in the morning.")).to_be_visible()

    open_details(page, "Restrict it to chosen colleagues")
    press(page, page.get_by_role("button", name="Restrict the client"))
    expect(page.get_by_text("Restricted to its members")).to_be_visible()
    assert client not in str(ben.get("clients/"))
    tab_to(page, page.get_by_label("Colleague"))
    page.keyboard.type("Ben")
    press(page, page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_role("listitem").filter(has_text=ben.email)).to_be_visible()
    assert client in str(ben.get("clients/"))
    press(page, page.get_by_role("button", name=re.compile("^Remove Ben")))
    expect(page.get_by_role("listitem").filter(has_text=ben.email)).to_have_count(0)
    assert client not in str(ben.get("clients/"))
    open_details(page, "Lift the restriction")
    press(page, page.get_by_role("button", name="Let the whole firm see this client"))

    expect(page.get_by_text("Everybody in the firm sees this client.")).to_be_visible()
    assert client in str(ben.get("clients/"))

    press(page, page.get_by_role("link", name="Delete the client"))
    dialog = page.get_by_role("dialog")
    tab_to(page, dialog.get_by_label("Name of the client"))
    page.keyboard.type("members & walls")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The client has been deleted.")).to_be_visible()
    assert client not in str(ben.get("clients/"))


def test_the_firm_is_run_by_keys(workplace, visit):
    page = visit("dora", "/firm/")
    email = "kay@hartwell.example"

    press(page, page.get_by_role("link", name="Invite somebody"))
    for label, words in (("E-mail address", email), ("First name", "Kay"), ("Last name", "Okoro")):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kay Okoro")
    tab_to(page, page.get_by_label("Role"))
    page.keyboard.type("Prem")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Role")).to_have_value("premium")
    open_details(page, "Deactivate this account")
    press(page, page.get_by_role("button", name=f"Deactivate {email}"))
    expect(page.get_by_text("Deactivated", exact=True)).to_be_visible()
    press(page, page.get_by_role("button", name="Reactivate"))
    expect(page.get_by_text("Invited", exact=True)).to_be_visible()

    page.goto("/firm/audit/")
    tab_to(page, page.get_by_label("Who"))
    page.keyboard.type("dora")
    with page.expect_navigation():
        press(page, page.get_by_role("button", name="Show", exact=True))
    rows = page.get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(rows.first).to_contain_text("dora")
    assert rows.filter(has_text="dora").count() == rows.count()
    with page.expect_download() as saved:
        press(page, page.get_by_role("link", name="Export as CSV"))
    assert saved.value.suggested_filename.endswith(".csv")


def test_two_versions_are_chosen_from_by_keys(workplace, visit, guard):
    guard.expected.add(412)
    ana = workplace.people["ana"]
    client = ana.opens("Twice & Changed")
    page = visit("ana", f"/clients/{client}/case/change/")
    save_a_stale_edit(page)

    press(page, page.get_by_label("Keep mine"), "ArrowRight")
    expect(page.get_by_label("Take theirs")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    press(page, page.get_by_role("button", name="Save"))

    expect(page.get_by_text("Wants to be called before noon.")).to_be_visible()
    expect(page.get_by_text("Rang on Monday")).to_have_count(0)


def test_an_account_is_kept_by_keys(workplace, visit):
    page = visit("ana", "/account/")

    tab_to(page, page.get_by_label("What is the token for?"))
    page.keyboard.type("Ledger")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The new token.")).to_be_visible()
    press(page, page.get_by_role("button", name="Revoke Ledger"))
    expect(page.get_by_role("button", name="Revoke Ledger")).to_have_count(0)


def test_the_first_tab_skips_to_the_content(workplace, visit):
    page = visit("ana", "/today/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
