"""A lawyer's morning: a new client, its papers, questions about them, and every quotation checked at its place."""

import base64
import html
import io
import re
import time
import zipfile

import pytest
from playwright.sync_api import expect

from tests import papers
from tests.e2e.deeds import ask, question_box, settled, sign_in
from tests.e2e.furniture import JANE, NOTICE
from tests.e2e.marks import is_covered_by, letters_of, marked_words, seen_words, words_of

LEASE = """\
# Lease of the Old Mill

## 1. Rent

The Tenant pays a monthly rent of $2,400 to the Landlord on the first day of each month.

## 2. Repairs

The Landlord keeps the roof and the outer walls in good repair and begins a repair within ten days of a notice.
"""
LETTER = [
    "# Letter to the surveyor",
    "The survey of the mill takes place on Monday, 4 May 2026 at nine o'clock.",
    "The surveyor's fee is 850 dollars and is paid by the Landlord.",
]
RECEIPT = "The deposit of the mill is 7,200 dollars.\nIt was received on 2 March 2026."
FILES = {
    "lease.pdf": papers.pdf([LEASE]),
    "letter.docx": papers.docx(LETTER),
    "receipt.pdf": papers.picture_pdf([papers.written_picture(RECEIPT)]),
}
DROP = """
(files) => {
  const carried = new DataTransfer();
  for (const [name, content] of files) {
    carried.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.getElementById("main").dispatchEvent(
      new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""
QUESTIONS = {
    "What is the monthly rent of the mill?": ("lease.pdf", "2,400"),
    "What is the surveyor's fee?": ("letter.docx", "850"),
    "How high is the deposit of the mill?": ("receipt.pdf", "7,200"),
}
UNANSWERABLE = "Who won the chess tournament in Reykjavik?"
READING_MILLISECONDS = 60_000
READABLE = 0.8  # of the words of a quotation, for a machine that looks at the screen


def test_from_a_new_client_to_an_exported_answer(workplace, visit):
    ana = workplace.people["ana"]
    page = visit("", "/", device_scale_factor=2)
    sign_in(page, ana)

    page.get_by_role("navigation", name="Places").get_by_role("link", name="Clients").click()
    page.get_by_role("link", name="New client").first.click()
    page.get_by_label("Name", exact=True).fill("The Old Mill Ltd")
    page.get_by_label(re.compile("^Case number")).fill("2026-COM-077")
    page.get_by_role("button", name="Open the client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Old Mill Ltd")
    client = re.search(r"/clients/([^/]+)/", page.url)[1]

    page.goto(f"/clients/{client}/documents/")
    page.evaluate(DROP, [[name, base64.b64encode(content).decode()] for name, content in FILES.items()])
    for name in FILES:
        row = page.get_by_role("row").filter(has_text=name)
        expect(row.get_by_text("ready", exact=True)).to_be_visible(timeout=READING_MILLISECONDS)

    page.get_by_role("navigation", name="Views of this client").get_by_role("link", name="Ask").click()
    for question, (filename, figure) in QUESTIONS.items():
        answer = settled(ask(page, question))
        expect(answer.get_by_text("found word for word").first).to_be_visible()
        expect(answer.get_by_role("blockquote").first).to_contain_text(figure)
        expect(answer.get_by_role("blockquote").first).to_contain_text(filename)

    answer = settled(ask(page, UNANSWERABLE))
    expect(answer.get_by_text("Not found in the papers", exact=True)).to_be_visible()
    expect(answer.get_by_text(re.compile("^From the papers"))).to_have_count(0)

    check_every_citation(page, ana, client)

    with page.expect_download() as saved:
        page.get_by_role("link", name=re.compile("Word")).first.click()
    with zipfile.ZipFile(saved.value.path()) as written:
        text = re.sub(r"<[^>]+>", "", written.read("word/document.xml").decode())
    exported = [*QUESTIONS, UNANSWERABLE, "Not found in the papers", "found word for word"]
    exported += [word for told in QUESTIONS.values() for word in told]
    assert [words for words in exported if words not in html.unescape(text)] == []

    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.goto(f"/clients/{client}/ask/")
    expect(page).to_have_url(re.compile("/sign-in/"))


def check_every_citation(page, person, client):
    """Open each quotation of the thread, and find its very words where the page highlights them."""
    told = person.get(f"clients/{client}/conversations/", page_size="200")["results"]
    citations = {f"{one['id']}-q{each['n']}": each for one in told for each in one["citations"]}
    shown = page.locator("#conversation .quotation [data-citation]").evaluate_all(
        "links => links.map((link) => link.dataset.citation)"
    )
    assert sorted(shown) == sorted(citations)
    assert {each["filename"] for each in citations.values()} == set(FILES)
    for key, cited in citations.items():
        with page.expect_response(lambda response: "/source/" in response.url):
            page.locator(f"#conversation [data-citation='{key}']").first.click()
        source = page.locator("aside #source")
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        expect(source).to_contain_text(cited["filename"])
        assert shown_words(source, person, cited) == words_of(cited["quote"]), cited


def shown_words(source, person, cited):
    """Return the words that a source shows as quoted: in its boxes over the picture, or marked in the text."""
    if cited["filename"].endswith(".docx"):
        marks = source.locator("mark.here")
        expect(marks.first).to_be_visible()
        return " ".join(marks.all_inner_texts()).split()
    drawing, picture = source.locator("svg.marks"), source.locator("img")
    expect(drawing).to_be_visible()
    picture.evaluate("(picture) => picture.decode()")
    assert is_covered_by(drawing, picture)
    quoted, seen = set(letters_of(cited["quote"])), seen_words(drawing)
    assert len(quoted & seen) >= READABLE * len(quoted), (seen, quoted)
    return marked_words(drawing, person, cited["document_id"], cited["page"])


def test_the_viewer_opens_at_the_quoted_words_and_finds_others(workplace, visit):
    ana = workplace.people["ana"]
    jane = workplace.ids["jane"]
    answer = next(one for one in ana.get(f"clients/{jane}/conversations/")["results"] if one["supported"])
    cited = answer["citations"][0]
    page = visit("ana", f"/clients/{jane}/ask/?new")
    page.goto(
        f"/documents/{cited['document_id']}/?page={cited['page']}&start={cited['start']}&end={cited['end']}"
    )
    marks = page.locator("svg.marks")

    expect(marks).to_be_visible()
    assert marked_words(marks, ana, cited["document_id"], cited["page"]) == words_of(cited["quote"])
    page.get_by_label("Find in this document").fill("School Calendar")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=School"))
    expect(marks).to_be_visible()
    number = int(page.locator("#page-number").input_value())
    found = " ".join(marked_words(marks, ana, cited["document_id"], number)).lower()
    assert re.match(r"\W*school calendar", found)


def test_the_words_over_the_picture_of_a_page_can_be_selected(workplace, visit):
    page = visit("ana", f"/documents/{workplace.ids['agreement']}/")
    first = page.locator("svg.words text").first
    words = " ".join(first.text_content().split())
    box = first.bounding_box()
    middle = box["y"] + box["height"] / 2

    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, middle, steps=5)
    page.mouse.up()
    selected = " ".join(page.evaluate("getSelection().toString()").split())

    assert words
    assert selected == words


def test_an_answer_is_shown_while_it_comes_and_goes_on_after_a_reload(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Slow & Steady")
    paper = ana.adds(client, "note.txt", b"The meeting is on Friday. The hall was booked by Mr. Rowe.")
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/ask/")
    conversation = page.locator("#conversation")

    with workplace.dictating(client) as answer:
        question_box(page).fill("When is the meeting?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="When is the meeting?")).to_be_visible()
        answer.await_word("begun")
        answer.say("The meeting is on Friday. ")
        expect(conversation).to_contain_text("The meeting is on Friday.")
        expect(conversation.get_by_role("button", name="Stop")).to_be_visible()
        answer.say("The hall was booked. ")
        expect(conversation).to_contain_text("The hall was booked.")
        expect(page.get_by_role("log")).to_have_text(
            "The meeting is on Friday."
        )  # the next may not be over yet
        page.reload()
        expect(conversation).to_contain_text("The meeting is on Friday. The hall was booked.")
        answer.say("By Mr. Rowe [1].")
        expect(conversation).to_contain_text("By Mr. Rowe")
        answer.quote(1, paper, 0, "The meeting is on Friday.")
    expect(conversation.get_by_text("found word for word", exact=True)).to_be_visible()
    expect(conversation.get_by_role("button", name="Stop")).to_have_count(0)

    said = conversation.inner_text()
    assert said.count("The hall was booked.") == 1


def test_stop_keeps_what_had_come(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Halt & Catch")
    ana.adds(client, "note.txt", b"The train is late.")
    ana.await_papers(client)
    page = visit("ana", f"/clients/{client}/ask/")
    conversation = page.locator("#conversation")

    with workplace.dictating(client) as answer:
        question_box(page).fill("Is the train late?")
        page.keyboard.press("Enter")
        answer.await_word("begun")
        answer.say("The train is late. ")
        expect(conversation).to_contain_text("The train is late.")
        conversation.get_by_role("button", name="Stop").click()
        expect(conversation).to_contain_text("incomplete")
        answer.say("And so is the bus. ")

    expect(conversation).to_contain_text("The train is late.")
    assert "the bus" not in conversation.inner_text()
    expect(conversation.get_by_role("button", name="Ask again")).to_be_visible()


def test_a_refused_paper_says_why_and_is_read_with_its_password(workplace, visit):
    ana = workplace.people["ana"]
    client = ana.opens("Sealed & Sons")
    page = visit("ana", f"/clients/{client}/documents/")

    page.get_by_label("Files to add").set_input_files(
        {"name": "sealed.pdf", "mimeType": "application/pdf", "buffer": papers.encrypted_pdf("open sesame")}
    )
    row = page.get_by_role("row").filter(has_text="sealed.pdf")
    row.get_by_label(re.compile("password", re.IGNORECASE)).fill("open sesame")
    row.get_by_role("button", name=re.compile("again")).click()

    expect(
        page.get_by_role("row").filter(has_text="sealed.pdf").get_by_text("ready", exact=True)
    ).to_be_visible(timeout=READING_MILLISECONDS)


def test_the_list_of_clients_is_searched_as_one_types(workplace, visit):
    page = visit("ana", "/clients/")
    began = time.perf_counter()

    page.get_by_role("searchbox").press_sequentially("harbour")
    expect(page.get_by_role("link", name=JANE)).to_have_count(0)

    expect(page.get_by_role("link", name="Harbour Bakery Ltd")).to_be_visible()
    assert time.perf_counter() - began < 5
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("harbour")


def test_everything_is_searched_as_one_types_and_a_passage_opens_at_its_place(workplace, visit):
    page = visit("ana", "/search/")

    page.get_by_role("searchbox").fill("written notice sixty days")
    page.get_by_role("link", name=re.compile("custody-agreement.pdf")).first.click()

    expect(page).to_have_url(re.compile(rf"/documents/{workplace.ids['agreement']}/"))
    expect(page.locator("svg.marks rect").first).to_be_visible()


def test_a_thread_can_be_printed(workplace, visit):
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/")

    page.get_by_role("link", name=re.compile("Print")).first.click()

    expect(page.get_by_text(NOTICE).first).to_be_visible()
    assert io.BytesIO(page.pdf()).read(5) == b"%PDF-"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_source_opens_beside_the_answer_and_on_a_phone_over_it(width, workplace, visit):
    size = {"width": width, "height": 844}
    page = visit("ana", f"/clients/{workplace.ids['jane']}/ask/", viewport=size)
    question = question_box(page)

    page.locator("#conversation .chip").first.click()

    expect(page.locator("aside #source figure, aside #source article").first).to_be_in_viewport()
    if width < 600:
        page.get_by_role("button", name="Back to the answer").click()
    expect(question).to_be_in_viewport()
