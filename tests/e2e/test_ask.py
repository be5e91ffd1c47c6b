"""Asking, where it is easy to lose something: a draft, the place one reads at, the line to an answer."""

import re

from playwright.sync_api import expect

from tests.e2e.deeds import ask, exchanges, question_box, settled
from tests.e2e.workplace import Person

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 844}
LOW = {"width": 1440, "height": 560}
NOTE = b"The meeting is on Friday. The hall was booked by Mr. Rowe. The train is late."


def case(workplace, name):
    """Open a client with one paper; return both ids."""
    ana = workplace.people["ana"]
    client = ana.opens(name)
    paper = ana.adds(client, "note.txt", NOTE)
    ana.await_papers(client)
    return client, paper


def answered_at_length(workplace, page, client):
    """Ask what is answered with more than fits on a screen; return the question with its answer."""
    with workplace.dictating(client) as answer:
        exchange = ask(page, "What is there to say?")
        answer.await_word("begun")
        answer.say("\n\n".join(f"Paragraph {n} of many." for n in range(40)))
    settled(exchange)
    return exchange


def test_a_draft_outlives_that_a_question_is_asked_again_and_two_clicks_ask_once(workplace, visit):
    client, _paper = case(workplace, "Draft & Daughters")
    page = visit("ana", f"/clients/{client}/ask/")
    answer = settled(ask(page, "When is the meeting?"))

    question_box(page).fill("What I am thinking of")
    answer.get_by_role("button", name="Ask again").dblclick()
    settled(exchanges(page).nth(1))
    answer.get_by_role("link", name="Edit the question").click()

    expect(page.get_by_text("Ask what you have written first")).to_be_visible()
    expect(question_box(page)).to_have_value("What I am thinking of")
    expect(exchanges(page)).to_have_count(2)
    page.reload()
    expect(exchanges(page)).to_have_count(2)
    page.get_by_role("link", name="Edit the question").first.click()
    expect(question_box(page)).to_have_value("When is the meeting?")


def test_a_phone_that_is_turned_round_leaves_the_answer_open(workplace, visit):
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/", viewport=PHONE)
    page.locator("#conversation a.chip").first.click()
    expect(page.locator(".talk")).to_have_js_property("inert", True)

    page.set_viewport_size(DESK)

    expect(page.locator(".talk")).to_have_js_property("inert", False)
    page.set_viewport_size(PHONE)
    question_box(page).click()
    expect(question_box(page)).to_be_focused()


def test_who_reads_a_source_keeps_it_when_the_next_answer_is_complete(workplace, visit):
    client, paper = case(workplace, "Reading & Wright")
    page = visit("ana", f"/clients/{client}/ask/")
    first = settled(ask(page, "Who booked the hall?"))
    own = first.locator("blockquote a.chip").first.get_attribute("data-citation")

    with workplace.dictating(client) as answer:
        ask(page, "When is the meeting?")
        answer.await_word("begun")
        answer.say("The meeting is on Friday. By Mr. Rowe. And so on. ")
        expect(page.get_by_role("log").get_by_text("By Mr. Rowe.", exact=True)).to_have_count(1)
        expect(page.get_by_text("what it quotes is compared with the papers at its end")).to_be_visible()
        page.locator(f"#conversation [data-citation='{own}']").first.click()
        answer.quote(1, paper, 0, "The meeting is on Friday.")
    settled(exchanges(page).nth(1))

    expect(page.locator("#conversation [aria-current]").first).to_have_attribute("data-citation", own)


def test_a_thread_of_one_long_answer_opens_at_its_question(workplace, visit):
    client, _paper = case(workplace, "Long & Longer")
    page = visit("ana", f"/clients/{client}/ask/", viewport=LOW)
    answered_at_length(workplace, page, client)

    page.reload()

    expect(page.get_by_role("heading", name="What is there to say?")).to_be_in_viewport()


def test_a_draft_outlives_the_session_and_is_sent_after_signing_in_again(workplace, visit):
    client, _paper = case(workplace, "Endless Sessions")
    ana = workplace.people["ana"]
    ana.adds(client, "other.txt", b"Another paper.")
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/ask/")
    question_box(page).fill("When is the meeting?")

    page.context.clear_cookies()
    page.get_by_role("link", name="choose").click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(question_box(page)).to_have_value("When is the meeting?")
    page.context.add_cookies(Person(workplace.root, ana.email, ana.password).cookies())
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("You are signed in again.")).to_be_visible()
    page.get_by_role("button", name="Ask", exact=True).click()

    settled(exchanges(page).first)


def test_a_draft_is_sent_after_signing_in_again_in_another_tab(workplace, visit, guard):
    client, _paper = case(workplace, "Stale & Forms")
    guard.expected = {403}
    ana = workplace.people["ana"]
    page = visit("ana", f"/clients/{client}/ask/")
    question_box(page).fill("When is the meeting?")

    page.context.add_cookies(Person(workplace.root, ana.email, ana.password).cookies())
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("You are signed in again.")).to_be_visible()
    expect(question_box(page)).to_have_value("When is the meeting?")
    page.get_by_role("button", name="Ask", exact=True).click()

    settled(exchanges(page).first)


def test_whoever_leaves_a_draft_is_asked_first(workplace, visit, guard):
    guard.keeps_drafts = True
    client, _paper = case(workplace, "Leaving & Staying")
    page = visit("ana", f"/clients/{client}/ask/")
    question_box(page).click()
    question_box(page).press_sequentially("When is")

    page.get_by_role("link", name="Documents").click()
    page.wait_for_timeout(500)

    assert guard.drafts_left == 1
    expect(question_box(page)).to_have_value("When is")


def test_a_page_goes_when_somebody_else_signs_in_beside_it(workplace, visit, guard):
    guard.expected = {404}
    page = visit("ana", f"/clients/{workplace.ids['walled']}/ask/")
    page.context.add_cookies(workplace.people["ben"].cookies())

    page.context.new_page().goto("/today/")

    expect(page.get_by_text("Zanzibar")).to_have_count(0)


def test_an_answer_that_may_not_be_read_any_more_is_told_at_once(workplace, visit, guard):
    client, _paper = case(workplace, "Walls & Bricks")
    guard.expected = {404}
    page = visit("ana", f"/clients/{client}/ask/")
    page.route(re.compile("/events/|/answers/"), lambda route: route.fulfill(status=404))

    with workplace.without_answers():
        exchange = ask(page, "When is the meeting?")

        expect(
            exchange.get_by_text("This answer is not open to you any more, or it was deleted.")
        ).to_be_visible()
        expect(exchange.get_by_role("button", name="Ask again")).to_be_visible()


def test_an_answer_whose_line_is_lost_is_shown_once_it_is_complete(workplace, visit, guard):
    client, _paper = case(workplace, "Torn & Mended")
    page = visit("ana", f"/clients/{client}/ask/")
    guard.is_offline = True
    page.route("**/events/", lambda route: route.abort("internetdisconnected"))

    answer = settled(ask(page, "When is the meeting?"))

    expect(answer.locator("blockquote")).to_contain_text("The meeting is on Friday")
    expect(page.get_by_text("The line to this answer was lost")).to_have_count(0)


def test_whoever_comes_back_from_the_whole_document_finds_the_citation_open(workplace, visit):
    client, _paper = case(workplace, "Back & Forth")
    page = visit("ana", f"/clients/{client}/ask/")
    for number, question in enumerate(["When is the meeting?", "Who booked the hall?", "Is the train late?"]):
        settled(ask(page, question))
        expect(exchanges(page)).to_have_count(number + 1)
    chip = exchanges(page).first.locator("blockquote a.chip").first
    chip.click()
    own = chip.get_attribute("data-citation")
    page.get_by_role("link", name="Open the whole document").click()
    page.wait_for_url("**/documents/**")

    page.go_back()

    expect(page.locator("#conversation [aria-current]").first).to_have_attribute("data-citation", own)
    expect(exchanges(page).first.locator("blockquote").first).to_be_in_viewport()


def test_an_address_that_names_no_citation_opens_the_last_answer(workplace, visit):
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/#a\\")

    expect(page.locator("#source svg.marks")).to_be_visible()


def test_on_a_phone_the_way_back_leads_from_a_source_to_its_answer(workplace, visit):
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/", viewport=PHONE)
    address = page.url
    page.locator("#conversation a.chip").first.click()
    expect(page.locator(".talk")).to_have_js_property("inert", True)

    page.go_back()

    expect(page.locator(".talk")).to_have_js_property("inert", False)
    assert page.url == address
    page.locator("#conversation a.chip").first.click()
    page.get_by_role("button", name="Back to the answer").click()
    expect(page.locator(".talk")).to_have_js_property("inert", False)


def test_documents_are_chosen_by_their_names(workplace, visit):
    client, _paper = case(workplace, "Choice & Cut")
    ana = workplace.people["ana"]
    for name in ("annex.txt", "bond.txt"):
        ana.adds(client, name, f"This is {name}.".encode())
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/ask/")

    page.get_by_role("link", name="choose").click()
    page.get_by_label("note.txt").check()
    page.get_by_label("Find documents by name").fill("bond")
    expect(page.get_by_label("annex.txt")).to_have_count(0)
    page.keyboard.press("Enter")
    page.get_by_label("bond.txt").check()
    expect(page.get_by_label("note.txt")).to_be_checked()
    exchange = ask(page, "When is the meeting?")

    expect(exchange.get_by_text("of note.txt, bond.txt")).to_be_visible()


def test_a_question_is_in_sight_as_soon_as_it_is_asked(workplace, visit):
    client, _paper = case(workplace, "Quick & Sharp")
    page = visit("ana", f"/clients/{client}/ask/", viewport=LOW)
    exchange = answered_at_length(workplace, page, client)
    expect(exchange.locator(".question")).to_be_in_viewport()

    ask(page, "When is the meeting?")

    expect(exchanges(page).nth(1).locator(".question")).to_be_in_viewport()
