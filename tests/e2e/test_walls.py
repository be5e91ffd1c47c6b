"""S5 and S37: what a colleague behind a wall, another firm, and whoever comes after a sign-out never see."""

from typing import NamedTuple

import pytest

from tests import papers
from tests.e2e.deeds import ask, sign_in
from tests.e2e.furniture import JANE
from tests.e2e.workplace import API

WALLED = "Zanzibar"
STRANGERS = {"a colleague": "ben", "an administrator": "dora", "another firm": "emil"}
LISTS = [
    "/clients/",
    "/search/",
    "/clients/?q=2026-SEC-001",
    "/search/?q=depot+rent",
    "/search/?q=2026-SEC-001",
]
FIRM_LISTS = ["/firm/audit/", "/firm/usage/", "/admin/clients/client/", "/admin/audit/auditevent/"]
VIEWS = ("", "ask/", "documents/", "case/", "activity/")


class Walled(NamedTuple):
    """The addresses of a restricted client: of its pages, and of what is fetched or followed from them."""

    pages: list[str]
    files: list[str]


@pytest.fixture(scope="module")
def walled(workplace):
    """Return the addresses of a restricted client of ana's and of all that it has, as she would copy them."""
    ana = workplace.people["ana"]
    client = workplace.ids["walled"]
    paper = ana.adds(
        client, "Zanzibar lease.txt", b"The rent of the Zanzibar depot is 9,000 dollars a month."
    )
    scan = ana.adds(
        client, "Zanzibar scan.pdf", papers.pdf(["# Zanzibar\n\nThe depot stands at the harbour."])
    )
    ana.await_papers(client)
    answer = ana.asks(client, "What is the rent of the Zanzibar depot?")
    thread = max(ana.threads(client))
    pages = [
        f"/clients/{client}/{view}" for view in (*VIEWS, f"ask/{thread}/", f"ask/{thread}/print/", "delete/")
    ]
    pages += [f"/answers/{answer['id']}/", f"/documents/{scan}/"]
    pages += [f"/documents/{paper}/{view}" for view in ("", "source/?page=1&start=0&end=20", "delete/")]
    files = [f"/clients/{client}/ask/{thread}/export.docx", f"{API}documents/{paper}/file/"]
    files += [f"{API}documents/{scan}/pages/1/picture/", f"{API}conversations/{answer['id']}/events/"]
    return Walled(pages, files)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_s5_copied_links_lead_nobody_behind_a_wall(stranger, walled, visit, guard):
    guard.expected.add(404)
    page = visit(STRANGERS[stranger], "/today/")

    found = {}
    for address in walled.pages:
        found[address] = page.goto(address).status, WALLED in page.content()
    fetched = {address: page.request.get(address).status for address in walled.files}

    assert found == dict.fromkeys(walled.pages, (404, False))
    assert fetched == dict.fromkeys(walled.files, 404)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_s5_no_list_and_no_search_tells_of_what_is_behind_a_wall(stranger, walled, visit):
    page = visit(STRANGERS[stranger], "/today/")
    assert WALLED not in page.content()

    for address in LISTS + (FIRM_LISTS if STRANGERS[stranger] == "dora" else []):
        assert page.goto(address).status == 200, address
        assert WALLED not in page.content(), address


def test_whoever_put_up_the_wall_sees_it_all(walled, visit):
    page = visit("ana", "/today/")

    for address in walled.pages:
        assert page.goto(address).status == 200, address
        assert WALLED in page.content(), address
    for address in walled.files:
        assert page.request.get(address).status == 200, address


def test_s5_an_open_stream_ends_for_whoever_is_shut_out(workplace, visit, guard):
    ana, ben = workplace.people["ana"], workplace.people["ben"]
    client = ana.opens("Quokka Estates")
    ana.adds(client, "note.txt", b"The surveyor was told on Monday.")
    ana.await_papers(client)
    guard.expected |= {404}
    page = visit("ben", f"/clients/{client}/ask/")

    with workplace.dictating(client) as answer:
        ask(page, "What was agreed with the surveyor?")
        answer.await_word("begun")
        answer.say("He was told on Monday. ")
        page.get_by_text("He was told on Monday.").wait_for()
        ana.post(f"clients/{client}/restrict/", members=[])
        page.wait_for_timeout(500)
        answer.say("And the price was quokkastone. ")
        page.wait_for_timeout(1500)

        assert "quokkastone" not in page.content()
    assert page.goto(f"/clients/{client}/ask/").status == 404
    assert ben.session.get(f"{workplace.root}/clients/{client}/ask/", timeout=60).status_code == 404


def test_s37_nothing_can_be_read_after_a_sign_out(workplace, visit, guard):
    person = workplace.people["ben"]
    page = visit("", "/sign-in/")
    sign_in(page, person)
    for address in ("/clients/", f"/clients/{workplace.ids['jane']}/ask/"):
        page.goto(address)
        page.get_by_text(JANE).first.wait_for()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/?told=signed_out")
    for _step_back in range(3):
        page.go_back()
        page.wait_for_url("**/sign-in/**")

        assert JANE not in page.content()
    assert JANE not in stored


def test_s37_whoever_signs_in_next_finds_nothing_by_stepping_back(workplace, visit, guard):
    guard.expected.add(404)
    address = f"/clients/{workplace.ids['jane']}/ask/"
    page = visit("", "/sign-in/")
    sign_in(page, workplace.people["ben"])
    page.goto(address)
    page.get_by_text(JANE).first.wait_for()

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, workplace.people["emil"])
    seen = []
    for _step_back in range(4):
        page.go_back(wait_until="load")
        seen.append((page.url.endswith(address), JANE in page.content()))

    assert (True, False) in seen
    assert all(not is_shown for _is_hers, is_shown in seen)
