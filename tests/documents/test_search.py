import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from documents import search, services
from documents.models import Passage, SearchIndex
from documents.retrieval.index import Index
from documents.search import reading, sealing, writing
from lexai.audit.models import AuditEvent
from lexai.encryption import keyring
from lexai.encryption.core import values
from lexai.encryption.errors import KeysUnavailable
from lexai.encryption.fields import Sealed
from lexai.encryption.models import DataKey
from lexai.errors import Gone
from lexai.system import SYSTEM
from tests import factories
from tests.callers import program

FEES = "The monthly fee is $900, due on the first day of each month."
NOTICE = "The landlord gives sixty days of written notice before the lease ends."


@pytest.fixture(autouse=True)
def nothing_held_open():
    """Start every test with no index in memory: the ids of the last test's clients are gone."""
    reading.open_parts.clear()


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
    factories.ready_document(cast.restricted, FEES, filename="fee secret.txt")
    user = getattr(cast, outsider)
    with pytest.raises(Gone):
        search.search_client(cast.restricted, "fee", by=user, limit=10)

    everything = services.search_papers("fee secret.txt", by=user, limit=10)
    assert (everything.found, everything.clients, everything.documents) == ([], [], [])


def test_a_search_everywhere_reaches_what_the_user_may_read_and_is_one_row_of_the_audit(cast):
    for client in (cast.restricted, cast.open, cast.foreign):
        factories.ready_document(client, FEES)

    seen = {client for client, _ in services.search_papers("fee", by=cast.ben, limit=10).found}

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


# Sealed at rest


def indexed(client, *texts):
    """Add papers of these texts and write the index; return its first part."""
    for text in texts:
        factories.ready_document(client, text)
    services.index_client(client, by=SYSTEM)
    return SearchIndex.objects.get(client=client, part=1)


def ranked(client, question, *, by, limit=20):
    results = search.search_client(client, question, by=by, limit=limit)
    return [(one.passage.pk, one.score) for one in results.found]


def broken_events():
    return [event.client_ids for event in AuditEvent.objects.filter(verb="seal.broken")]


def test_no_stem_of_a_paper_stands_in_the_database(cast):
    row = indexed(cast.open, "The xylophone stands in the conservatory.")

    content = bytes(row.content)
    assert b"xylophon" in sealing.unseal(row).serialise()
    assert (b"xylophon" in content, b"SQLite" in content) == (False, False)


def flipped(row):
    content = bytearray(row.content)
    content[len(content) // 2] ^= 1
    return bytes(content)


BREAKS = {
    "a flipped bit": flipped,
    "a part cut off": lambda row: bytes(row.content)[:-100],
    "no sealed value": lambda _row: b"garbage" * 1000,
    "three bytes": lambda _row: b"\x01\x00\x01",
    "a key that never was": lambda row: b"\x01\x00\x09" + bytes(row.content)[3:],
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_index_is_scanned_meanwhile_and_written_anew(cast, name):
    row = indexed(cast.open, FEES, NOTICE)
    whole = ranked(cast.open, "How much notice?", by=cast.ana)
    SearchIndex.objects.filter(pk=row.pk).update(content=BREAKS[name](row))
    reading.open_parts.clear()

    assert ranked(cast.open, "How much notice?", by=cast.ana) == whole
    assert ranked(cast.open, "How much notice?", by=cast.ana) == whole
    assert broken_events() == [[cast.open.pk]], "told once"
    assert search.stale_clients() == [cast.open.pk]
    services.index_client(cast.open, by=SYSTEM)

    mended = SearchIndex.objects.get(client=cast.open)
    assert (mended.version, mended.document_ids) == (3, row.document_ids)
    assert search.stale_clients() == []
    assert ranked(cast.open, "How much notice?", by=cast.ana) == whole
    assert len(broken_events()) == 1


def test_the_worker_is_told_of_a_broken_index(cast, django_capture_on_commit_callbacks):
    row = indexed(cast.open, FEES)
    SearchIndex.objects.update(content=flipped(row))
    with django_capture_on_commit_callbacks() as callbacks:
        found(cast.open, "fee", by=cast.ana)

    assert len(callbacks) == 1


def test_the_worker_itself_finds_out_that_the_part_it_adds_to_is_broken(cast):
    row = indexed(cast.open, FEES)
    SearchIndex.objects.update(content=flipped(row))
    factories.ready_document(cast.open, NOTICE)

    services.index_client(cast.open, by=SYSTEM)

    assert broken_events() == [[cast.open.pk]]
    assert sealing.unseal(SearchIndex.objects.get(client=cast.open)).document_frequency("fee") == 1
    assert search.stale_clients() == []


def test_an_older_index_does_not_open_under_a_newer_version(cast):
    older = indexed(cast.open, FEES)
    newer = indexed(cast.open, NOTICE)
    SearchIndex.objects.update(content=older.content)
    reading.open_parts.clear()

    assert newer.version == older.version + 1
    assert [NOTICE in text for text in found(cast.open, "written notice", by=cast.ana)] == [True]
    assert broken_events() == [[cast.open.pk]]


def test_an_index_does_not_open_for_other_documents_than_its_own(cast):
    row = indexed(cast.open, FEES)
    unheard = factories.ready_document(cast.open, NOTICE)
    SearchIndex.objects.update(document_ids=[*row.document_ids, unheard.pk])
    reading.open_parts.clear()

    assert [NOTICE in text for text in found(cast.open, "written notice", by=cast.ana)] == [True]
    assert broken_events() == [[cast.open.pk]]


def test_an_index_does_not_open_for_another_client_or_as_another_part(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 1)
    secret = indexed(cast.restricted, FEES)
    indexed(cast.open, NOTICE, NOTICE)
    moved = {"content": secret.content, "document_ids": secret.document_ids, "version": secret.version}
    SearchIndex.objects.filter(client=cast.open, part=1).update(**moved)
    second = SearchIndex.objects.get(client=cast.open, part=2)

    assert found(cast.open, "monthly fee", by=cast.cleo) == []
    assert len(found(cast.open, "written notice", by=cast.cleo)) == 2
    assert broken_events() == [[cast.open.pk]]
    SearchIndex.objects.filter(client=cast.open, part=1).update(
        content=second.content, document_ids=second.document_ids, version=second.version
    )
    reading.open_parts.clear()
    assert len(found(cast.open, "written notice", by=cast.cleo)) == 2
    assert broken_events() == [[cast.open.pk], [cast.open.pk]]


def test_without_its_key_a_client_has_nothing_to_be_found(cast):
    indexed(cast.open, FEES)
    factories.ready_document(cast.restricted, FEES)
    found(cast.open, "fee", by=cast.ana)
    DataKey.objects.of(cast.open.pk).delete()
    keyring.forget_keys()

    assert found(cast.open, "fee erased", by=cast.ana) == []
    part = services.search_papers("fee", by=cast.ana, limit=10)
    assert ([client for client, _ in part.found], part.searched) == ([cast.restricted], 2)
    with pytest.raises(services.NothingToIndex):
        services.rebuild_index(cast.open, by=SYSTEM)
    assert broken_events() == []


def test_without_the_key_store_a_search_says_so(cast, settings, tmp_path):
    indexed(cast.open, FEES)
    settings.ROOT_KEY_FILE = tmp_path / "absent"
    keyring.forget_keys()

    with pytest.raises(KeysUnavailable):
        found(cast.open, "fee", by=cast.ana)
    assert broken_events() == []


def test_an_index_is_opened_once_and_read_by_its_version(cast):
    indexed(cast.open, FEES)
    found(cast.open, "fee", by=cast.ana)
    opened = reading.open_parts.get((cast.open.pk, 1, 1)).index
    found(cast.open, "fee", by=cast.ana)
    assert reading.open_parts.get((cast.open.pk, 1, 1)).index is opened

    indexed(cast.open, "A late fee of $50 is added.")
    assert len(found(cast.open, "fee", by=cast.ana)) == 2
    assert reading.open_parts.get((cast.open.pk, 1, 2)).index is not opened


def test_fresh_documents_are_scanned_once(cast):
    indexed(cast.open, FEES)
    fresh = factories.ready_document(cast.open, "A late fee of $50 is added.")
    assert len(found(cast.open, "fee", by=cast.ana)) == 2
    opened = reading.open_parts.get((cast.open.pk, 1, 1))
    assert opened.added == {fresh.pk}

    services.delete_document(fresh, by=cast.ana)
    assert len(found(cast.open, "fee", by=cast.ana, limit=1)) == 1
    assert reading.open_parts.get((cast.open.pk, 1, 1)).index is opened.index


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_threads_search_one_client(db):
    cast = factories.cast()
    indexed(cast.open, FEES, NOTICE)
    whole = ranked(cast.open, "notice of fees", by=cast.ana)
    start = threading.Barrier(8)

    def search_often(_number):
        start.wait()
        try:
            return [ranked(cast.open, "notice of fees", by=cast.ana) for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = [one for some in threads.map(search_often, range(8)) for one in some]

    assert results == [whole] * 40


# In parts

CLAUSES = [
    f"{number}. {title}\n\n{sentence} {extra * (number % 4)}"
    for number, (title, sentence, extra) in enumerate(
        [
            ("Term", "This agreement runs for two years.", "It may be renewed once. "),
            ("Fees", "The monthly fee is paid in advance.", "Fees are not returned. "),
            ("Notice", "Notice is given in writing.", "A notice by telephone is void. "),
            ("Law", "The law of Delaware governs this agreement.", "Its courts decide. "),
            ("Assignment", "No party assigns this agreement without consent.", "Consent is in writing. "),
        ]
        * 3,
        start=1,
    )
]
QUESTIONS = [
    "What is the monthly fee?",
    "Is written notice required?",
    "Which law governs the agreement?",
    "May the agreement be assigned without consent?",
    "How long does it run, and can it be renewed?",
    "telephone courts fees",
    "agreement",
    "zebra",
]


def filled(cast, monkeypatch, part_passages):
    monkeypatch.setattr(writing, "PART_PASSAGES", part_passages)
    return indexed(cast.open, *CLAUSES)


@pytest.mark.slow
def test_several_parts_rank_and_score_as_one_index_in_the_open(cast, monkeypatch):
    filled(cast, monkeypatch, 4)
    with Index() as whole:
        whole.add(
            (one.pk, one.heading, one.text) for one in Passage.objects.filter(client=cast.open).order_by("pk")
        )
        expected = [
            [(hit.passage_id, hit.score) for hit in whole.search(question, 20)] for question in QUESTIONS
        ]
        frequency = {"fee": whole.document_frequency("fee")}

    assert SearchIndex.objects.filter(client=cast.open).count() == 4
    assert [ranked(cast.open, question, by=cast.ana) for question in QUESTIONS] == expected
    results = search.search_client(cast.open, "fees", by=cast.ana, limit=1)
    assert (results.passage_count, results.document_frequency) == (15, frequency)


@pytest.mark.slow
def test_a_deleted_document_takes_no_room_among_the_hits_of_several_parts(cast, monkeypatch):
    filled(cast, monkeypatch, 4)
    first = cast.open.documents.get(pk=found_documents(cast, "fees")[0])
    before = found_documents(cast, "fees", limit=6)

    services.delete_document(first, by=cast.ana)

    assert set(found_documents(cast, "fees", limit=5)) == set(before) - {first.pk}


def found_documents(cast, question, limit=20):
    results = search.search_client(cast.open, question, by=cast.ana, limit=limit)
    return [one.passage.document_id for one in results.found]


def parts_of(client):
    rows = SearchIndex.objects.filter(client=client).order_by("part")
    return [(row.part, row.version, row.passage_count) for row in rows]


def test_only_the_last_part_is_written_when_papers_come(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 3)
    indexed(cast.open, FEES, NOTICE)
    assert parts_of(cast.open) == [(1, 1, 2)]

    indexed(cast.open, FEES, NOTICE)
    assert parts_of(cast.open) == [(1, 2, 3), (2, 1, 1)]
    indexed(cast.open, FEES)
    assert parts_of(cast.open) == [(1, 2, 3), (2, 2, 2)]


def test_only_its_own_part_is_written_when_a_document_goes(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 2)
    gone = factories.ready_document(cast.open, FEES)
    indexed(cast.open, FEES, NOTICE, NOTICE)
    assert parts_of(cast.open) == [(1, 1, 2), (2, 1, 2)]

    services.delete_document(gone, by=cast.ana)
    services.index_client(cast.open, by=SYSTEM)

    assert parts_of(cast.open) == [(1, 2, 1), (2, 1, 2)]
    assert len(found(cast.open, "fee", by=cast.ana)) == 1


def test_a_document_larger_than_a_part_has_one_of_its_own(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 2)
    indexed(cast.open, FEES, "\n\n".join(CLAUSES[:5]), NOTICE)

    assert [count for _part, _version, count in parts_of(cast.open)] == [1, 4, 1]


def test_finding_stale_indexes_opens_none(cast):
    indexed(cast.open, FEES)
    SearchIndex.objects.update(content=b"broken")

    assert search.stale_clients() == []


def test_an_index_is_built_anew_by_whoever_runs_the_firm_and_by_nobody_else(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 1)
    indexed(cast.open, FEES, NOTICE)
    monkeypatch.setattr(writing, "PART_PASSAGES", 2)
    for stranger in (cast.ana, cast.emil):
        with pytest.raises(Gone):
            services.rebuild_index(cast.open, by=stranger)

    services.rebuild_index(cast.open, by=cast.dora)

    assert parts_of(cast.open) == [(1, 2, 2), (2, 2, 0)], "versions never fall, lest an old index fits again"
    assert search.stale_clients() == []
    assert [(event.actor, event.client_ids) for event in AuditEvent.objects.filter(verb="index.rebuilt")] == [
        ("dora@hart.example", [cast.open.pk])
    ]
    indexed(cast.open, FEES)
    assert parts_of(cast.open) == [(1, 2, 2), (2, 3, 1)]


# Everywhere


@pytest.mark.slow
def test_a_search_everywhere_goes_on_where_it_stopped_and_misses_no_client(cast):
    clients = [factories.client(cast.ana, f"Client {number}") for number in range(30)]
    for client in clients[::10]:
        factories.ready_document(client, FEES)
    seen, cursor, parts = [], "", []
    while cursor is not None:
        part = services.search_papers("fee", by=cast.ben, limit=10, cursor=cursor, seconds=0)
        seen += [client for client, _ in part.found]
        parts.append((part.searched, part.total))
        cursor = str(part.next) if part.next else None
        if len(parts) == 5:  # clients come and change while the search goes on
            factories.client(cast.ana, "Newcomer")
            clients[0].save(update_fields=["updated_at"])

    assert seen == [clients[20], clients[10], clients[0]]
    assert parts == [(number, 32) for number in range(1, 33)]


def test_what_a_budget_allows_is_searched_in_one_part(cast):
    for client in (cast.open, cast.restricted):
        factories.ready_document(client, FEES)

    part = services.search_papers("fee", by=cast.ben, limit=10, seconds=60)

    assert ({client for client, _ in part.found}, part.searched, part.total, part.next) == (
        {cast.open, cast.restricted},
        2,
        2,
        None,
    )


def test_names_are_found_with_the_first_part(cast):
    document = factories.ready_document(cast.open, FEES, filename="Bakery lease.txt")
    factories.ready_document(cast.foreign, FEES, filename="bakery lease.txt")

    part = services.search_papers("BAKERY", by=cast.cleo, limit=10)
    assert (part.clients, part.documents, part.found) == ([cast.open], [document], [])
    assert AuditEvent.objects.latest("pk").client_ids == [cast.open.pk]

    place = search.Place(cast.open.created_at, cast.open.pk, 1)
    later = services.search_papers("bakery", by=cast.cleo, limit=10, cursor=str(place))
    assert (later.clients, later.documents) == ([], [])


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "\ud800", "\x00", "W10:1r:abc", "9" * 400])
def test_a_cursor_that_is_none_is_refused(cast, cursor):
    with pytest.raises(search.BrokenCursor) as refused:
        services.search_papers("fee", by=cast.ana, limit=10, cursor=cursor)

    assert list(refused.value.errors) == ["cursor"]


def test_no_cursor_leads_behind_a_wall(cast):
    factories.ready_document(cast.restricted, FEES)
    place = search.Place(cast.open.created_at, cast.open.pk, 1)

    part = services.search_papers("fee", by=cast.cleo, limit=10, cursor=str(place))

    assert (part.found, part.next) == ([], None)


# Under another key


def test_an_index_is_sealed_anew_under_the_newest_key_and_keeps_its_version(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 1)
    indexed(cast.open, FEES, NOTICE)
    whole = ranked(cast.open, "notice of fees", by=cast.ana)
    keyring.add_key(cast.open.pk, 2)
    assert search.remaining(cast.open.pk, 2) == 2

    assert sum(search.reseal(cast.open.pk, 2)) == 2

    rows = SearchIndex.objects.filter(client=cast.open).order_by("part")
    assert [(values.key_version(bytes(row.content)), row.version) for row in rows] == [(2, 1), (2, 1)]
    assert (search.remaining(cast.open.pk, 2), sum(search.reseal(cast.open.pk, 2))) == (0, 0)
    reading.open_parts.clear()
    assert ranked(cast.open, "notice of fees", by=cast.ana) == whole
    assert (search.remaining(f"firm_{cast.firm.pk}", 2), broken_events()) == (0, [])


def test_an_index_that_does_not_open_stops_no_rotation(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 1)
    row = indexed(cast.open, FEES, NOTICE)
    SearchIndex.objects.filter(pk=row.pk).update(content=flipped(row))
    keyring.add_key(cast.open.pk, 2)

    assert sum(search.reseal(cast.open.pk, 2)) == 1
    assert search.remaining(cast.open.pk, 2) == 1
    assert bytes(SearchIndex.objects.get(pk=row.pk).content) == flipped(row)


# What does not open stops nothing else


def damage(passage):
    """Change the sealed text of a passage where it lies."""
    sealed = bytearray(Passage.objects.get(pk=passage.pk).__dict__["text"])
    sealed[-1] ^= 1
    Passage.objects.filter(pk=passage.pk).update(text=Sealed(sealed))


def damage_key(client):
    row = DataKey.objects.of(client.pk).get()
    wrapped = bytearray(row.wrapped)
    wrapped[-1] ^= 1
    DataKey.objects.of(client.pk).update(wrapped=bytes(wrapped))
    keyring.forget_keys()


def told():
    """Return who came upon which broken seals, by the audit."""
    events = AuditEvent.objects.filter(verb="seal.broken").order_by("pk")
    return [(event.actor, event.client_ids, event.facts["place"]) for event in events]


def searched(cast, **options):
    part = services.search_papers("fee", by=cast.ben, limit=10, **options)
    texts = [one.passage.text for _client, passages in part.found for one in passages]
    return texts, part.unreadable, part.searched


def test_a_damaged_passage_stops_neither_its_client_nor_the_others(cast, monkeypatch):
    monkeypatch.setattr(writing, "PART_PASSAGES", 1)
    indexed(cast.open, FEES, "A late fee of $50 is added.", "The broken fee.")
    indexed(cast.restricted, "The restricted fee.")
    broken = Passage.objects.filter(client=cast.open).order_by("pk").last()
    damage(broken)
    row = (cast.ben.email, [cast.open.pk], f"passages.text of {broken.pk}")

    texts, unreadable, count = searched(cast)
    assert sorted(texts) == ["A late fee of $50 is added.", FEES, "The restricted fee."]
    assert (unreadable, count, told()) == ([cast.open.pk], 2, [row])
    assert (*map(len, searched(cast, client=cast.open)[:2]), told()) == (2, 1, [row, row])
    assert len(found(cast.open, "fee", by=cast.ben)) == 2, "an answer goes without it"


def test_a_damaged_key_stops_no_other_client(cast):
    indexed(cast.open, FEES)
    indexed(cast.restricted, "The restricted fee.")
    damage_key(cast.open)
    row = (cast.ben.email, [cast.open.pk], f"data_keys.wrapped of {cast.open.pk}")

    assert searched(cast) == (["The restricted fee."], [cast.open.pk], 2)
    assert searched(cast, client=cast.open) == ([], [cast.open.pk], 1)
    assert told() == [row, row]


def test_a_damaged_passage_is_left_out_of_the_index_and_the_others_stand_in_it(cast, caplog):
    whole, broken = (factories.ready_document(cast.open, text) for text in (FEES, "The broken fee."))
    passage = Passage.objects.get(document=broken)
    damage(passage)
    assert found(cast.open, "fee", by=cast.ana) == [FEES]
    for write in (services.index_client, services.rebuild_index):
        write(cast.open, by=SYSTEM)
        row = SearchIndex.objects.get(client=cast.open)
        assert (row.document_ids, row.passage_count) == ([whole.pk, broken.pk], 1)

    assert caplog.messages == [f"passage {passage.pk} does not open and is not indexed"] * 3


def test_the_door_names_the_clients_of_which_something_does_not_open(cast):
    indexed(cast.open, FEES)
    damage_key(cast.open)

    answer = program(cast.ana).get("/api/v1/search/?q=fee")
    assert (answer.status_code, answer.json()["unreadable"]) == (200, [cast.open.pk])


def erase(client):
    DataKey.objects.of(client.pk).delete()
    keyring.forget_keys()


@pytest.mark.parametrize(
    "deed",
    [lambda client: SearchIndex.objects.filter(client=client).delete(), erase],
    ids=["deleted", "its key erased"],
)
def test_a_client_that_goes_in_the_midst_of_a_search_is_left_out(cast, monkeypatch, deed):
    indexed(cast.open, FEES)
    indexed(cast.restricted, "The restricted fee.")
    taking = reading._taken

    def interrupted(row):
        if row.client_id == cast.open.pk:
            reading.open_parts.clear()
            row.__dict__.pop("content", None)
            deed(cast.open)
        return taking(row)

    monkeypatch.setattr(reading, "_taken", interrupted)

    assert searched(cast) == (["The restricted fee."], [], 2)
    assert searched(cast, client=cast.open) == ([], [], 1)
    assert told() == []


def test_an_index_emptied_outside_hides_no_documents(cast):
    row = indexed(cast.open, FEES)
    SearchIndex.objects.filter(pk=row.pk).update(content=b"")
    reading.open_parts.clear()

    assert found(cast.open, "fee", by=cast.ana) == [FEES]
    assert broken_events() == [[cast.open.pk]]
    assert search.stale_clients() == [cast.open.pk]


def test_a_part_that_was_written_anew_meanwhile_is_not_taken_for_broken(cast):
    old = indexed(cast.open, FEES)
    old.content = flipped(old)
    indexed(cast.open, NOTICE)
    reading.open_parts.clear()

    part = reading._taken(old)

    assert (old.version, len(part.index), broken_events()) == (2, 2, [])


def test_searching_does_not_keep_an_index_open_for_longer(cast):
    indexed(cast.open, FEES)
    ends = []
    for _again in range(2):
        found(cast.open, "fee", by=cast.ana)
        part, expires_at = reading.open_parts.take((cast.open.pk, 1, 1))
        reading.open_parts.put((cast.open.pk, 1, 1), part, part.index.size_bytes, expires_at=expires_at)
        ends.append(expires_at)

    assert ends[0] == ends[1]
