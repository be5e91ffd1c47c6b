"""What clients entrust to the product stands nowhere in clear: planted through every door, looked for everywhere."""

from base64 import b64encode

import pytest

from lexai import embedded
from tests.attacks.plaintext import Searcher, Watcher
from tests.attacks.planting import EMAIL, Browser, Installation, Planted
from tests.faults.conftest import VARIABLES
from tests.faults.conftest import product as product

STRINGS = 40


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_searcher_finds_a_word_in_any_case_and_encoding(case, encoding):
    content = b"\x01\x02\x03" + case("xqvmarkerword").encode(encoding) + b"\xff"

    assert len(Searcher("xqvmarker").forms_in(content)) == 1
    assert Searcher("xqvmarket").forms_in(content) == []


@pytest.mark.parametrize("before", [b"", b"1", b"12", b"123"])
@pytest.mark.parametrize("code", ["base64", "hex"])
def test_the_searcher_finds_a_word_that_was_written_in_digits(before, code):
    content = before + b"xqvmarkerword"
    written = content.hex().upper() if code == "hex" else b64encode(content).decode()

    assert len(Searcher("xqvmarker").forms_in(written.encode())) == 1


@pytest.fixture
def installation(product, tmp_path, monkeypatch):
    """Give the test a product with a folder of its own for temporary files, and what it says in a file."""
    for name in ("temporary", "papers"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("API_REQUESTS_A_MINUTE", "1000")
    monkeypatch.setitem(VARIABLES, "LEASE_SECONDS", "30")  # large papers take longer than a short lease
    return Installation(product, Planted(), tmp_path / "papers")


@pytest.mark.slow
def test_what_clients_entrust_stands_nowhere_in_clear_and_is_found_all_the_same(installation):
    product, planted = installation.product, installation.planted
    searcher, control, probe = map(Searcher, (planted.marker, planted.control, planted.probe))
    with embedded.hold(product.home):
        installation.found("Plain Law")
        with Watcher([searcher, probe], installation.watched(), product.processes) as watcher:
            installation.import_papers()
            waiting = installation.broker_holds()
            installation.settle()
            found = {"files of the queue": searcher.found_under(product.home / "valkey")}
            product.start()
            browser = Browser(f"http://127.0.0.1:{product.port}", EMAIL, installation.password)
            installation.upload_papers(browser)
            read = [*installation.open_clients(browser), *installation.ask(browser)]
            not_found = installation.search(browser)
            is_whole = installation.are_sent_back(browser)
            installation.leave_temporary_files()
        installation.settle()
        dump, broker = installation.dumped(), installation.broker_holds()
        found["home and logs"] = searcher.found_under(product.home.parent)
        in_clear = control.found_under(product.home / "data")

    found["queue"], found["broker"], found["dump"] = map(searcher.forms_in, (waiting, broker, dump))
    found["while it worked"] = sorted(watcher.found[searcher])
    assert {place: hits for place, hits in found.items() if hits} == {}
    assert len(planted.words) == STRINGS
    assert (planted.missing_in(read), not_found) == ([], [])
    assert is_whole == dict.fromkeys(is_whole, True)
    # the searchers see what is there to see
    assert b"documents.tasks.read_document" in waiting
    assert control.forms_in(dump) == ["UTF-8"]
    assert in_clear != []
    assert len(watcher.found[probe]) == 2, watcher.found[probe]
