"""S5 and S9: lists, counts, searches and streams end at the wall; and looking changes nothing."""

import re
from itertools import product
from urllib.parse import quote, quote_plus

import pytest

from tests.access import matrix
from tests.access import world as worlds
from tests.access.world import API, FOREIGN, OWN, WALLED
from tests.attacks.test_foreign_ids import parameters_of, rows_of

NONSENSE = "xylophonix"
WORDS = [FOREIGN, FOREIGN[:5], f"{FOREIGN}-1", "emil@partners.example", "Marcus Vale"]
WALLED_WORDS = [WALLED, WALLED[:5], f"{WALLED}-1", "Jane Smith", f"{WALLED}-lease.txt", f"{WALLED} rent"]


def found(person, path):
    return person.asks("GET", API + path).json()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["colleague by token", "member by token", "administrator by session"])
def test_s5_no_filter_and_no_search_tells_a_hidden_word_from_nonsense(world, name):
    person, told = world.person(name), []
    words = WORDS + ([] if person.kind in worlds.MEMBERS else WALLED_WORDS)
    for row, operation in rows_of("GET"):
        path = row.path(world.ids_for(person, "own")).partition("?")[0]
        for parameter, word in product(parameters_of(operation), words):
            rest = f"&{row.query}" if row.query and not row.query.startswith(f"{parameter}=") else ""
            answers = [
                _told_of(person, f"{path}?{parameter}={one}{rest}", one)
                for one in (word, _without_sense(word))
            ]
            if answers[0] != answers[1]:
                bodies = [one.rpartition("\n")[2][:300] for one in answers]
                told.append(f"{name}: {row.pattern}?{parameter}={word}: {bodies}")

    assert told == [], "\n".join(told)


def _without_sense(word):
    """Return the word with nonsense in place of what is hidden, and all else as it was."""
    return re.sub(
        f"{FOREIGN}|{FOREIGN[:5]}|{WALLED}|{WALLED[:5]}|emil@partners|Marcus Vale|Jane Smith", NONSENSE, word
    )


def _told_of(person, path, word):
    text = worlds.told(person.asks("GET", path))
    return (
        worlds.without_ids(text, {"it": quote_plus(word)}).replace(quote(word), "<id>").replace(word, "<id>")
    )


@pytest.mark.slow
def test_s5_a_search_finds_the_papers_of_the_clients_that_one_may_see(world):
    clients = {}
    for kind in ("colleague", "member", "administrator", "other firm"):
        results = found(world.person(f"{kind} by token"), "search/?q=rent building")["results"]
        clients[kind] = {one["client_id"] for one in results}

    cast = world.cast
    assert clients == {
        "colleague": {cast.open.pk},
        "member": {cast.open.pk, cast.restricted.pk},
        "administrator": {cast.open.pk},
        "other firm": {cast.foreign.pk},
    }


@pytest.mark.slow
def test_s5_a_list_counts_the_rows_that_one_may_see(world):
    people = ("colleague", "member", "administrator", "other firm")
    counts = {kind: found(world.person(f"{kind} by token"), "clients/")["count"] for kind in people}

    assert counts == {"colleague": 1, "member": 2, "administrator": 1, "other firm": 1}


@pytest.mark.slow
def test_s5_an_answer_quotes_no_paper_of_another_client(world):
    question = {"content": f"What is the rent of the {WALLED} building, and of the {FOREIGN} building?"}
    person = world.person("member by token")  # who sees the walled client too, and asks about the open one
    path = f"{API}clients/{world.cast.open.pk}/conversations/"

    answer = person.asks("POST", path, question)
    stream = person.asks("GET", f"{API}conversations/{answer.json()['id']}/events/")

    told = worlds.told(answer) + worlds.told(stream)
    assert answer.status_code == 201
    assert worlds.leaks(told.replace(question["content"], ""), [WALLED, FOREIGN]) == []
    assert worlds.leaks(told, [OWN]) == [OWN]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["member by token", "administrator by session"])
def test_s9_looking_changes_nothing(world, name):
    person = world.person(name)
    before = worlds.all_rows()

    answers = [
        person.asks(method, row.path(world.ids_for(person, subject)))
        for row, subject in product(matrix.ROWS, ("own", "restricted", "foreign"))
        for method in ("GET", "HEAD", "OPTIONS")
        if "GET" in row.methods and row.rule != "machine"
    ]

    assert max(one.status_code for one in map(_read, answers)) < 500
    after = worlds.all_rows()
    assert [table for table in after if after[table] != before[table]] == []


def _read(response):
    worlds.told(response)
    return response
