"""Forms that lead to another page: what is written in them outlives the session, and is sent once."""

import re

from playwright.sync_api import expect

from tests.e2e.deeds import question_box
from tests.e2e.workplace import Person

CLICK_TWICE = "(button) => { button.click(); setTimeout(() => button.click(), 400); }"


def clients_called(person, name):
    return [one["name"] for one in person.get("clients/", search=name)["results"]]


def test_what_is_written_outlives_the_session_and_is_saved_after_signing_in_again(workplace, visit):
    ana = workplace.people["ana"]
    page = visit("ana", "/clients/new/")
    page.get_by_label("Name", exact=True).fill("Hours of Notes")
    page.get_by_label("Notes").fill("What was said on Monday.")
    save = page.get_by_role("button", name="Open the client")

    page.context.clear_cookies()
    save.click()
    expect(page.get_by_role("alert").filter(has_text="Your session has ended.")).to_be_in_viewport()
    assert page.url.endswith("/clients/new/")
    page.context.add_cookies(Person(workplace.root, ana.email, ana.password).cookies())
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("You are signed in again.")).to_be_visible()
    save.click()
    page.wait_for_url("**/documents/")

    assert clients_called(ana, "Hours of Notes") == ["Hours of Notes"]
    page.get_by_role("link", name="Case").click()
    expect(page.get_by_text("What was said on Monday.")).to_be_visible()


def test_whoever_has_written_nothing_leaves_unasked(workplace, visit, guard):
    page = visit("ana", "/account/")

    page.get_by_role("heading", name="Keyboard").first.click()
    page.get_by_role("link", name="Today").click()
    page.wait_for_url("**/today/")

    assert guard.drafts_left == 0


def test_whoever_stays_for_what_is_written_in_another_form_can_send_that_at_once(visit, guard):
    guard.keeps_drafts = True
    page = visit("ana", "/account/")
    name, save = page.get_by_label("First name"), page.get_by_role("button", name="Save the name")
    given = name.input_value()
    name.fill(f"{given}!")

    page.get_by_role("button", name="Save the choice").click()
    page.wait_for_timeout(500)
    assert (guard.drafts_left, page.url.endswith("/account/")) == (1, True)
    save.click()
    expect(page.get_by_text("Your name is saved.")).to_be_visible()

    assert name.input_value() == f"{given}!"
    name.fill(given)
    save.click()
    expect(name).to_have_attribute("value", given)


def test_a_form_that_is_on_its_way_is_not_sent_again(workplace, visit):
    page = visit("ana", "/clients/new/")
    held = []
    page.route(
        "**/clients/new/",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_label("Name", exact=True).fill("Twice & Clicked")

    page.get_by_role("button", name="Open the client").evaluate(CLICK_TWICE)
    page.wait_for_timeout(1000)
    for route in held:
        route.continue_()
    page.wait_for_url("**/documents/")

    assert len(held) == 1
    assert clients_called(workplace.people["ana"], "Twice & Clicked") == ["Twice & Clicked"]


def test_a_form_without_a_connection_stays_and_says_so(workplace, visit, guard):
    guard.is_offline = True
    page = visit("ana", "/account/")
    page.get_by_label("First name").fill("Anna")

    page.context.set_offline(True)
    page.get_by_role("button", name="Save the name").click()

    expect(page.get_by_text("There is no connection.")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Anna")


def test_after_the_session_no_file_is_saved_that_holds_the_sign_in(workplace, visit, guard):
    guard.expected.add(401)  # of pictures that were still to come
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/")
    saved = []
    page.on("download", lambda download: saved.append(download.url))

    page.context.clear_cookies()
    page.get_by_role("link", name="Word", exact=True).click()

    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    assert saved == []


def test_whoever_signs_out_is_signed_out_in_all_tabs_with_their_drafts(workplace, visit, guard):
    ben = workplace.people["ben"]
    page = visit()
    page.context.add_cookies(Person(workplace.root, ben.email, ben.password).cookies())
    page.goto(f"/clients/{workplace.ids['jane']}/ask/")
    question_box(page).press_sequentially("What is")
    other = page.context.new_page()
    other.goto("/today/")

    other.get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(re.compile("/sign-in/"))
    assert guard.drafts_left == 0
