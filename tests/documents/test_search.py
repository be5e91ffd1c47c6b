import pytest

from documents import search, services
from documents.models import Passage, SearchIndex
from lexai.audit.models import AuditEvent
from lexai.errors import NotAllowed
from lexai.system import SYSTEM
from tests import factories

FEES = "The monthly fee is $900, due on the first day of each month."
NOTICE = "The landlord gives sixty days of written notice before the lease ends."


def found(client, question, *, by, limit=10):
    return [one.passage.text for one in search.search_client(client, question, by=by, limit=limit).found]


def test_a_passage_is_found_before_and_after_it_is_indexed(cast):
    factories.ready_document(cast.open, f"{FEES}\n\n{NOTICE}")
    assert not SearchIndex.objects.exists()
    before = search.search_client(cast.open, "How much notice?", by=cast.ana, limit=10)

    services.index_client(cast.open, by=SYSTEM)
    after = search.search_client(cast.open, "How much notice?", by=cast.ana, limit=10)

    assert SearchIndex.objects.get(client=cast.open).version == 1
    assert before == after
    assert before.found[0].passage.text.endswith(NOTICE)


def test_fresh_passages_are_found_beside_indexed_ones(cast):
    factories.ready_document(cast.open, FEES)
    services.index_client(cast.open, by=SYSTEM)
    factories.ready_document(cast.open, "A late fee of $50 is added after ten days.")

    assert len(found(cast.open, "fee", by=cast.ana)) == 2


def test_the_index_is_written_once_when_papers_come_together(cast):
    factories.ready_document(cast.open, FEES)
    waiting = factories.document(cast.open, NOTICE)
    with pytest.raises(services.PapersOnTheirWay):
        services.index_client(cast.open, by=SYSTEM)
    assert not SearchIndex.objects.exists(), "the last paper writes the index"

    services.read_document(waiting, by=SYSTEM)
    services.index_client(cast.open, by=SYSTEM)
    services.index_client(cast.open, by=SYSTEM)

    assert SearchIndex.objects.get(client=cast.open).version == 1


def test_an_index_that_the_queue_forgot_is_found_out(cast):
    factories.ready_document(cast.open, FEES)
    document = factories.ready_document(cast.restricted, NOTICE)
    services.index_client(cast.restricted, by=SYSTEM)
    assert search.stale_clients() == [cast.open.pk]

    services.delete_document(document, by=cast.ana)

    assert search.stale_clients() == sorted([cast.open.pk, cast.restricted.pk])
    assert services.dispatch_stale_indexes(by=SYSTEM) == 2


def test_a_broken_index_is_scanned_meanwhile_and_written_anew(cast):
    factories.ready_document(cast.open, f"{FEES}\n\n{NOTICE}")
    services.index_client(cast.open, by=SYSTEM)
    SearchIndex.objects.update(content=b"garbage" * 1000)

    assert NOTICE in found(cast.open, "How much notice?", by=cast.ana)[0]
    services.index_client(cast.open, by=SYSTEM)

    index = SearchIndex.objects.get(client=cast.open)
    assert (index.version, bytes(index.content[:6])) == (2, b"SQLite")


def test_a_deleted_document_is_found_no_more_even_in_an_old_index(cast):
    document = factories.ready_document(cast.open, FEES)
    services.index_client(cast.open, by=SYSTEM)
    services.delete_document(document, by=cast.ana)

    assert found(cast.open, "fee", by=cast.ana) == []
    services.index_client(cast.open, by=SYSTEM)
    assert SearchIndex.objects.get(client=cast.open).document_ids == []


def test_the_clients_do_not_mix(cast):
    for client in (cast.restricted, cast.open, cast.foreign):
        factories.ready_document(client, f"{FEES} Marker {client.pk}.")

    for client, user in [(cast.restricted, cast.ben), (cast.open, cast.cleo), (cast.foreign, cast.emil)]:
        texts = found(client, "fee", by=user)
        assert len(texts) == 1
        assert texts[0].endswith(f"{client.pk}.")


@pytest.mark.parametrize("outsider", ["cleo", "dora", "emil"])
def test_nobody_searches_behind_a_wall(cast, outsider):
    factories.ready_document(cast.restricted, FEES)
    user = getattr(cast, outsider)
    with pytest.raises(NotAllowed):
        search.search_client(cast.restricted, "fee", by=user, limit=10)

    assert services.search_papers("fee", by=user, limit=10) == []


def test_a_search_everywhere_reaches_what_the_user_may_read_and_is_one_row_of_the_audit(cast):
    for client in (cast.restricted, cast.open, cast.foreign):
        factories.ready_document(client, FEES)

    seen = {client for client, _ in services.search_papers("fee", by=cast.ben, limit=10)}

    assert seen == {cast.restricted, cast.open}
    event = AuditEvent.objects.filter(verb="passages.searched").get()
    assert (event.actor, set(event.client_ids), event.facts) == (
        "ben@hart.example",
        {cast.restricted.pk, cast.open.pk},
        {},
    )


@pytest.mark.parametrize(
    "question", ['"', "fee AND (", "fee* OR NEAR(x)", "body:fee", "-fee", "' OR 1=1 --", "ﬀ", "\u202efee"]
)
def test_no_question_is_query_syntax(cast, question):
    factories.ready_document(cast.open, FEES)

    assert all("fee" in text for text in found(cast.open, question, by=cast.ana))


def test_a_search_without_words_is_refused(cast):
    with pytest.raises(services.NothingToSearchFor):
        services.search_papers("  ", by=cast.ana, limit=10)


def test_the_best_passages_come_first_and_no_more_than_asked_for(cast):
    factories.ready_document(
        cast.open, "\n\n".join(f"{n}. Clause {n} speaks of fees and nothing else here." for n in range(1, 41))
    )

    assert Passage.objects.count() > 3
    assert len(found(cast.open, "fees", by=cast.ana, limit=3)) == 3
    scores = [one.score for one in search.search_client(cast.open, "clause fees", by=cast.ana, limit=9).found]
    assert scores == sorted(scores, reverse=True)
