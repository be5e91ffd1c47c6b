from clients import services as clients
from clients.models import Client
from conversations import services
from conversations.models import Message
from lexai.audit.models import AuditEvent
from tests import factories
from tests.browsing import let_in

PART = {"HX-Request": "true"}


def ask(client, words, by):
    return services.ask(Message(client=client, content=words), by=by)


def listed(by):
    return AuditEvent.objects.filter(verb="client.listed", actor=by.email).count()


def test_today_shows_the_clients_that_somebody_asked_about_or_changed_last(cast):
    asked, changed = factories.client(cast.ana, "Asked"), factories.client(cast.ana, "Changed")
    factories.client(cast.ana, "Untouched")
    ask(asked, "What is the rent?", cast.cleo)
    clients.change_client(Client(pk=changed.pk, case_number="7"), by=cast.cleo, changed=["case_number"])

    page = let_in(cast.cleo).get("/today/")

    assert [one.name for one in page.context["recent"]] == ["Changed", "Asked"]


def test_today_forgets_a_client_behind_a_wall(cast):
    ask(cast.open, "What is the rent?", cast.cleo)
    clients.restrict_client(cast.open, by=cast.ana, members=[])

    page = let_in(cast.cleo).get("/today/")

    assert (page.context["recent"], page.context["questions"]) == ([], [])
    assert "Harbour Bakery" not in page.content.decode()


def test_today_shows_the_own_last_questions_with_their_threads(cast):
    ask(cast.open, "When does it end?", cast.ana)
    answer = services.begin_answer(Message(client=cast.open, content="What is the rent?"), by=cast.ana)
    ask(cast.open, "Who pays?", cast.ben)

    (last, *_) = let_in(cast.ana).get("/today/").context["questions"]

    assert last.words == "What is the rent?"
    assert last.address == f"/clients/{cast.open.pk}/ask/{answer.reply_to.thread_id}/"


def test_today_shows_what_is_being_read_and_what_was_refused(cast):
    factories.document(cast.open, "Not read yet.", filename="waiting.txt")
    factories.ready_document(cast.open, b"\x00\x01\x02\x03 nothing that can be read", filename="odd.bin")
    factories.document(cast.restricted, "Not for all.", filename="walled.txt")

    page = let_in(cast.cleo).get("/today/")

    assert [one.document.filename for one in page.context["reading"]] == ["waiting.txt"]
    ((refused),) = page.context["refused"]
    assert (refused.document.filename, refused.address) == (
        "odd.bin",
        f"/clients/{cast.open.pk}/documents/#paper-{refused.document.pk}",
    )
    assert refused.document.refusal_message in page.content.decode()
    assert 'hx-trigger="every 2s"' in page.content.decode()


def test_nothing_is_asked_again_once_all_is_read(cast):
    browser = let_in(cast.cleo)

    page, part = browser.get("/today/"), browser.get("/today/", headers=PART)

    assert "every 2s" not in page.content.decode() + part.content.decode()
    assert "All documents are read." in part.content.decode()
    assert "<html" not in part.content.decode()


def test_looking_at_the_same_papers_again_and_again_is_one_read(cast):
    factories.document(cast.open, "Not read yet.")
    browser = let_in(cast.cleo)
    seen = browser.get("/today/").context["seen"]

    browser.get(f"/today/?seen={seen}", headers=PART)
    once = listed(cast.cleo)
    factories.document(cast.open, "Another.")
    browser.get(f"/today/?seen={seen}", headers=PART)

    assert (once, listed(cast.cleo)) == (1, 2)


def test_what_one_was_shown_is_no_proof_for_another(cast):
    factories.document(cast.open, "Not read yet.")
    seen = let_in(cast.cleo).get("/today/").context["seen"]

    let_in(cast.ben).get(f"/today/?seen={seen}", headers=PART)

    assert listed(cast.ben) == 1


def test_today_says_what_to_do_next_where_there_is_nothing(cast):
    page = let_in(cast.emil).get("/today/").content.decode()

    assert "You have asked nothing yet." in page
    assert "all are read" in page


def test_today_takes_as_many_queries_with_one_row_as_with_many(cast, django_assert_num_queries):
    browser = let_in(cast.cleo)
    ask(cast.open, "What is the rent?", cast.cleo)
    factories.document(cast.open, "A lease.")
    browser.get("/today/")
    for number in range(3):
        client = factories.client(cast.cleo, f"Client {number}")
        ask(client, "What is the rent?", cast.cleo)
        factories.document(client, "A lease.")

    with django_assert_num_queries(10):
        page = browser.get("/today/")

    assert len(page.context["recent"]) == 4
