"""A paper leafed through in the browser, and the page beside an answer."""

import io
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents import looks
from documents.leaves import SCREEN_CHARACTERS
from documents.models import Document, Page, Passage
from lexai.audit.models import AuditEvent
from tests import factories, papers
from tests.browsing import let_in

PAGES = [
    "1. Fees\n\nThe fee is $900, due on the first day of each month.",
    "2. Hearing\n\nThe hearing is on May 4, 2024. No further fee is due.",
    "3. Costs\n\nEach side bears its own costs. ",
]
HTMX = {"HX-Request": "true"}
BOX = re.compile(r'<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"')


@pytest.fixture
def document(cast):
    return factories.ready_document(cast.restricted, papers.pdf(PAGES), filename="fees.pdf", by=cast.ana)


@pytest.fixture
def note(cast):
    paragraphs = [f"Paragraph {number} of the note, which is long enough." for number in range(400)]
    return factories.ready_document(cast.open, "\n\n".join(paragraphs), filename="note.txt", by=cast.ana)


def text_of(document):
    return Document.objects.defer(None).get(pk=document.pk).text


def place_of(document, words):
    start = text_of(document).index(words)
    return {"start": start, "end": start + len(words)}


def opened(user, document, rest="", **asked):
    return let_in(user).get(f"/documents/{document.pk}/{rest}", asked)


def shown(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def words_on(answer):
    """Return the words of the sheet as they stand in the page."""
    return unescape(re.sub(r"<[^>]*>", "", " ".join(re.findall(r"<text.*?</text>", shown(answer))))).split()


def find_form_of(page):
    """Return what the form sends along in which words are typed."""
    form = shown(page).partition("<search>")[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form))


def marked(answer):
    return [unescape(found) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", shown(answer), re.DOTALL)]


def test_a_page_lies_under_its_words_and_the_read_is_recorded_once(cast, document):
    answer = opened(cast.ben, document, page=2)

    page = Page.objects.get(document=document, number=2)
    assert words_on(answer) == text_of(document)[page.start : page.end].split()
    assert f'src="/api/v1/documents/{document.pk}/pages/2/picture/?look=' in shown(answer)
    assert 'width="612" height="792"' in shown(answer)
    assert answer.context["place"] == "page 2 of 3"
    assert ">Print page 2 of 3</button>" in shown(answer)
    event = AuditEvent.objects.get(verb="document_page.viewed")
    assert (event.actor, event.target_id, event.facts) == ("ben@hart.example", str(document.pk), {"page": 2})


def picture_of(answer):
    return re.search(r'<img src="([^"]*)"', shown(answer))[1]


def test_a_look_at_a_page_and_its_picture_are_one_row_and_a_picture_alone_is_one_too(cast, document):
    seen = AuditEvent.objects.filter(verb="document_page.viewed")
    browser = let_in(cast.ben)
    picture = picture_of(browser.get(f"/documents/{document.pk}/"))

    assert [browser.get(picture).status_code for _fetch in range(2)] == [200, 200]
    assert seen.count() == 1
    assert browser.get(picture.partition("?")[0]).status_code == 200
    assert seen.count() == 2


def test_a_picture_of_somebody_else_s_look_is_a_look_of_one_s_own(cast, document):
    picture = picture_of(opened(cast.ben, document))
    browser = let_in(cast.ana)

    assert [browser.get(address).status_code for address in (picture, f"{picture}x")] == [200, 200]
    assert AuditEvent.objects.filter(verb="document_page.viewed", actor=cast.ana.email).count() == 2


def test_a_picture_of_another_page_or_of_later_is_a_look_of_its_own(cast, document, monkeypatch):
    browser = let_in(cast.ben)
    picture = picture_of(browser.get(f"/documents/{document.pk}/"))
    seen = AuditEvent.objects.filter(verb="document_page.viewed")

    assert browser.get(picture.replace("pages/1", "pages/2")).status_code == 200
    assert seen.count() == 2
    monkeypatch.setattr(looks, "LOOK_SECONDS", -1)
    assert browser.get(picture).status_code == 200
    assert seen.count() == 3


@pytest.mark.parametrize("outsider", ["cleo", "dora", "emil"])
def test_a_proof_of_somebody_s_look_opens_nothing(cast, document, outsider):
    picture = picture_of(opened(cast.ben, document))

    assert let_in(getattr(cast, outsider)).get(picture).status_code == 404


def test_of_a_search_its_words_are_marked_in_all_their_forms_and_the_quoted_passage_shown(cast, document):
    asked = place_of(document, "The hearing is on May 4, 2024. No further fee is due.")
    answer = opened(cast.ben, document, **asked, sought="fees hear")

    sheet = answer.context["sheet"]
    assert (answer.context["place"], answer.context["found"]) == ("page 2 of 3", "Your search: 4 of 5")
    assert (len(sheet.marks), [mark.is_here for mark in sheet.marks].count(True)) == (3, 1)
    assert answer.context["q"] == ""
    after = let_in(cast.ben).get(answer.context["match_after"])
    assert (after.context["found"], text_of(document)[slice(*after.context["leaf"].here)]) == (
        "Your search: 5 of 5",
        "fee",
    )


def test_of_a_search_only_the_page_is_looked_through_that_is_turned_to(cast, document):
    browser = let_in(cast.ben)
    found = browser.get(
        f"/documents/{document.pk}/", {**place_of(document, "hearing is"), "sought": "fees hear"}
    )
    turned = browser.get(found.context["before"])

    assert (turned.context["place"], turned.context["found"]) == (
        "page 1 of 3",
        "Your search: 2 on this page",
    )
    assert '<input type="hidden" name="sought" value="fees hear">' in shown(turned)
    assert len(turned.context["leaf"].matches) == len(BOX.findall(shown(turned))) == 2
    for way, told in (("before", "5 of 5"), ("after", "1 of 5")):
        stepped = browser.get(turned.context[f"match_{way}"])
        assert stepped.context["found"] == f"Your search: {told}"
    last = browser.get(found.context["after"])
    assert (last.context["place"], last.context["found"]) == (
        "page 3 of 3",
        "Your search: none on this page",
    )
    assert browser.get(last.context["match_before"]).context["found"] == "Your search: 5 of 5"


def test_a_search_goes_on_from_the_page_one_reads_and_from_what_is_marked_on_it(cast, document):
    browser = let_in(cast.ben)
    page = browser.get(f"/documents/{document.pk}/", {"page": "2"})
    places = []
    for words in ("fee is", "fee is", "FEE is", "each", "each"):
        page = browser.get(f"/documents/{document.pk}/", {"q": words, **find_form_of(page)})
        places.append((page.context["place"], page.context["found"]))

    assert places == [
        ("page 2 of 3", "2 of 2"),
        ("page 1 of 3", "1 of 2"),
        ("page 2 of 3", "2 of 2"),
        ("page 3 of 3", "2 of 2"),
        ("page 1 of 3", "1 of 2"),
    ]
    turned = browser.get(browser.get(page.context["after"]).context["after"])
    again = browser.get(f"/documents/{document.pk}/", {"q": "each", **find_form_of(turned)})
    assert (turned.context["place"], again.context["place"], again.context["found"]) == (
        "page 3 of 3",
        "page 3 of 3",
        "2 of 2",
    )


@pytest.mark.parametrize("words", ["zebra", ""])
def test_a_search_that_finds_nothing_stays_on_the_page_and_marks_nothing(cast, document, words):
    browser = let_in(cast.ben)
    page = browser.get(f"/documents/{document.pk}/", {"page": "3", **place_of(document, "own costs")})
    asked = find_form_of(page)
    answer = browser.get(f"/documents/{document.pk}/", {"q": words, **asked})

    assert asked["page"] == "3"
    assert (answer.context["place"], answer.context["found"]) == (
        "page 3 of 3",
        "not found" if words else "",
    )
    assert not BOX.search(shown(answer))


def test_a_search_in_a_text_that_flows_goes_on_from_the_screen_one_reads(cast, note):
    browser = let_in(cast.ben)
    last = browser.get(f"/documents/{note.pk}/", {"part": "3"})
    first = last.context["leaf"].blocks[0]
    answer = browser.get(f"/documents/{note.pk}/", {"q": "of the note", **find_form_of(last)})
    nothing = browser.get(f"/documents/{note.pk}/", {"q": "zebra", **find_form_of(answer)})

    assert (answer.context["leaf"].number, nothing.context["leaf"].number) == (3, 3)
    assert first.start < answer.context["leaf"].here.start < first.end


def test_of_a_search_whose_words_the_passage_lacks_the_passage_is_marked(cast, document):
    answer = opened(cast.ben, document, **place_of(document, "own costs"), sought="zebra")

    assert (answer.context["place"], answer.context["found"]) == ("page 3 of 3", "")
    assert len(answer.context["sheet"].marks) == 1


def test_what_is_quoted_is_marked_where_its_words_lie(cast, document):
    answer = opened(cast.ben, document, **place_of(document, "hearing is on May 4, 2024"))

    assert answer.context["place"] == "page 2 of 3"
    (box,) = [tuple(map(float, found)) for found in BOX.findall(shown(answer))]
    words = [word for line in answer.context["sheet"].lines for word in line.words]
    inside = [
        word.text
        for word in words
        if box[0] <= float(word.left) and float(word.left) + float(word.length) <= box[0] + box[2]
    ]
    assert [word for word in inside if word in "hearing is on May 4, 2024".split() or word == "2024."] == [
        "hearing",
        "is",
        "on",
        "May",
        "4,",
        "2024.",
    ]
    assert 'class="here" id="here"' in shown(answer)


def test_a_quotation_over_two_pages_is_marked_on_both(cast, document):
    text = text_of(document)
    start, end = text.index("each month"), text.index("hearing is on")
    pages = [opened(cast.ben, document, start=start, end=end, page=page) for page in (1, 2, 3)]

    assert [bool(BOX.findall(shown(page))) for page in pages] == [True, True, False]
    assert opened(cast.ben, document, start=start, end=end).context["place"] == "page 1 of 3"


def test_words_are_found_page_by_page_and_followed_in_a_circle(cast, document):
    browser = let_in(cast.ben)
    first = browser.get(f"/documents/{document.pk}/", {"q": "FEE  is"})

    assert (first.context["found"], first.context["place"]) == ("1 of 2", "page 1 of 3")
    second = browser.get(first.context["match_after"])
    assert (second.context["found"], second.context["place"]) == ("2 of 2", "page 2 of 3")
    again = browser.get(second.context["match_after"])
    assert (again.context["found"], again.context["place"]) == ("1 of 2", "page 1 of 3")
    assert browser.get(first.context["match_before"]).context["found"] == "2 of 2"
    last = browser.get(f"/documents/{document.pk}/", {"q": "fee is", "page": "3"})
    assert (last.context["found"], browser.get(last.context["match_before"]).context["found"]) == (
        "2 found",
        "2 of 2",
    )
    assert opened(cast.ben, document, q="zebra").context["found"] == "not found"


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "two"},
        {"page": "-1"},
        {"page": "٣"},
        {"page": "9" * 30},
        {"start": "5"},
        {"start": "9", "end": "3"},
        {"start": "1e3", "end": "2e3"},
        {"q": "   "},
        {"page": ""},
    ],
)
def test_nonsense_in_the_address_is_ignored(cast, document, asked):
    answer = opened(cast.ben, document, **asked)

    assert (answer.context["place"], answer.context["notices"], answer.context["found"]) == (
        "page 1 of 3",
        [],
        "",
    )
    assert not BOX.search(shown(answer))


def test_what_is_not_there_is_told(cast, document):
    beyond = opened(cast.ben, document, page=12)
    amiss = opened(cast.ben, document, start=5, end=10**6)
    long = opened(cast.ben, document, q="x" * 201)

    assert (beyond.context["place"], beyond.context["notices"]) == (
        "page 3 of 3",
        ["There is no page 12 in this paper. The nearest is shown."],
    )
    assert amiss.context["notices"] == ["The place that this link names is not in this paper."]
    assert long.context["notices"] == ["Only the first 200 characters were looked for."]


def test_a_text_that_flows_is_shown_a_screen_at_a_time(cast, note):
    answer = opened(cast.ben, note)

    first = shown(answer)
    assert 0 < first.count("of the note") < 400
    assert len(first) < 3 * SCREEN_CHARACTERS
    assert "Paragraph 0 of" in first
    assert "Paragraph 399 of" not in first
    assert AuditEvent.objects.filter(verb="document_text.viewed").count() == 1
    last = opened(cast.ben, note, part=answer.context["leaf"].count)
    assert "Paragraph 399 of" in shown(last)
    count = answer.context["leaf"].count
    pieces = [opened(cast.ben, note, part=part).context["leaf"].blocks for part in range(1, count + 1)]
    assert [text_of(note)[one.start : one.end] for blocks in pieces for one in blocks] == text_of(note).split(
        "\n\n"
    )


def test_what_is_quoted_of_a_text_that_flows_is_marked_on_its_screen(cast, note):
    answer = opened(cast.ben, note, **place_of(note, "Paragraph 300 of the note"), page=1)

    assert marked(answer) == ["Paragraph 300 of the note"]
    assert '<mark class="here" id="here">' in shown(answer)
    assert answer.context["leaf"].number > 1


def test_all_places_found_on_a_screen_are_marked_and_one_of_them_is_here(cast, note):
    answer = opened(cast.ben, note, q="paragraph 1")

    assert marked(answer)[:3] == ["Paragraph 1", "Paragraph 1", "Paragraph 1"]
    assert shown(answer).count('class="here"') == 1


def test_headings_of_a_text_that_flows_are_headings(cast):
    document = factories.ready_document(
        cast.open, "<h1>Lease</h1><p>Between us.</p><h2>Rent</h2><p>$900 a month.</p>" * 2
    )
    page = shown(opened(cast.ana, document))

    assert re.findall(r'aria-level="(\d)">(\w+)<', page)[:2] == [("2", "Lease"), ("3", "Rent")]


def test_text_of_a_paper_stays_text(cast):
    script = "<b>bold</b> <script>alert(1)</script> \"quoted\" 'so'"
    for paper in (f"He wrote: {script}", papers.pdf([f"He wrote: {script}"])):
        document = factories.ready_document(cast.open, paper)
        page = shown(opened(cast.ana, document, q="<script>"))
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_the_source_beside_an_answer_names_page_and_heading(cast, document):
    asked = place_of(document, "bears its own costs")
    whole = opened(cast.ben, document, "source/", **asked)
    fragment = let_in(cast.ben).get(f"/documents/{document.pk}/source/", asked, headers=HTMX)

    assert "<nav" in shown(whole)
    assert shown(fragment).lstrip().startswith('<section class="source"')
    passage = Passage.objects.filter(document=document).last()
    assert f"<p>page 3 of 3, {passage.heading}</p>" in unescape(shown(fragment))
    assert passage.heading != ""
    assert "data-citations" in shown(fragment)
    assert f'href="/documents/{document.pk}/?start={asked["start"]}&amp;end={asked["end"]}#here"' in shown(
        fragment
    )
    assert AuditEvent.objects.filter(verb="document_page.viewed").count() == 2


def test_a_script_is_answered_with_the_viewer_alone(cast, document):
    answer = let_in(cast.ben).get(f"/documents/{document.pk}/", {"page": 2}, headers=HTMX)

    assert shown(answer).lstrip().startswith('<div id="viewer"')


def test_a_paper_that_is_not_read_says_how_far_it_is(cast):
    waiting = factories.document(cast.open, "Not read yet.")
    refused = factories.ready_document(cast.open, papers.encrypted_pdf("secret"))

    page = shown(opened(cast.ana, waiting))
    assert ("waiting to be read" in page, "every 2s" in page) == (True, True)
    for rest in ("", "source/"):
        page = unescape(shown(opened(cast.ana, refused, rest)))
        assert (refused.refusal_message in page, "every 2s" in page) == (True, False)
        assert f'action="/documents/{refused.pk}/retry/#paper-{refused.pk}"' in page
        assert 'type="password"' in page
    assert AuditEvent.objects.filter(verb="document.viewed").count() == 3


def test_a_paper_behind_a_wall_is_not_there(cast, document):
    for user in (cast.cleo, cast.emil):
        assert [opened(user, document, rest).status_code for rest in ("", "source/", "delete/")] == [404] * 3
    assert [opened(cast.cleo, document, rest).status_code for rest in ("retry/",)] == [404]
    refused = AuditEvent.objects.filter(verb="access.refused", target_id=str(document.pk))
    assert [(event.actor, event.client_ids) for event in refused] == [
        ("cleo@hart.example", [cast.restricted.pk])
    ] * 4


def test_a_text_that_does_not_open_is_told_and_the_picture_stays(cast, document):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE documents SET text = warnings WHERE id = %s", [document.pk])

    answer = opened(cast.ben, document, page=2, start=1, end=5, q="fee")

    assert answer.context["notices"][0].startswith("What was read in this paper does not open")
    assert f"/api/v1/documents/{document.pk}/pages/2/picture/" in picture_of(answer)
    assert "<text" not in shown(answer)
    event = AuditEvent.objects.get(verb="seal.broken")
    assert event.facts["place"] == f"documents.text of {document.pk}"


def test_boxes_that_do_not_open_are_told(cast, document):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pages SET width = width + 1 WHERE document_id = %s", [document.pk])

    answer = opened(cast.ben, document)

    assert answer.context["notices"] == [
        "Where the words stand on this page is not known: they cannot be marked or selected."
    ]


def test_a_paper_of_one_page_and_one_of_many_take_the_same_number_of_queries(cast, document):
    single = factories.ready_document(cast.restricted, papers.pdf(PAGES[:1]))
    browser = let_in(cast.ben)
    browser.get(f"/documents/{single.pk}/")  # whose session is stored with its first request
    with CaptureQueriesContext(connection) as of_one:
        browser.get(f"/documents/{single.pk}/", {"q": "fee"})
    with CaptureQueriesContext(connection) as of_three:
        browser.get(f"/documents/{document.pk}/", {"q": "fee"})

    assert len(of_three) == len(of_one)


@pytest.mark.slow
def test_words_that_were_read_in_a_picture_are_told_as_such(cast, document):
    picture = io.BytesIO()
    papers.written_picture("The tenant keeps the stairs clean.").save(picture, "PNG")
    scan = factories.ready_document(cast.open, picture.getvalue(), filename="scan.png", by=cast.ana)

    assert "stairs" in words_on(opened(cast.ana, scan))
    assert "were read from a picture" in shown(opened(cast.ana, scan))
    assert "were read from a picture" not in shown(opened(cast.ana, document))
