"""Every page of ours, with all that it can show, for whoever looks at each of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests import papers
from tests.e2e.workplace import Workplace

JANE, BAKERY = "Jane Smith", "Harbour Bakery Ltd"
NOTICE = "How much notice must a parent give before moving away with the children?"
TAXES = "Which bank financed the purchase of the helicopter?"
SCANNED = "The deposit of the flat is 1,300 dollars.\nIt is paid back within thirty days."


@dataclass(frozen=True)
class Place:
    """A page, who opens it, and what is done there before one looks; the address names rows of a furnished product."""

    name: str
    address: str
    person: str = "ana"
    prepare: Callable[[Page], object] = lambda _page: None
    status: int = 200

    def __str__(self) -> str:
        return self.name


def furnish(workplace: Workplace) -> dict[str, object]:
    """Make what pages show beside the demonstration; return the ids that addresses name."""
    ana = workplace.people["ana"]
    jane = workplace.clients[JANE]
    for question in (TAXES, NOTICE):  # each begins a thread
        ana.asks(jane, question)
    ana.adds(jane, "Scanned receipt.pdf", papers.picture_pdf([papers.written_picture(SCANNED)]))
    ana.adds(jane, "Sealed letter.pdf", papers.encrypted_pdf("open sesame"))
    walled = ana.opens("Zanzibar Holdings", case_number="2026-SEC-001", case_type="Commercial")
    ana.post(f"clients/{walled}/restrict/", members=[])
    ana.post("auth/tokens/", name="Calendar", scope="read", expires_at=in_days(30))
    ana.await_papers(jane)
    return {
        "jane": jane,
        "empty": ana.opens("Nobody Yet"),
        "walled": walled,
        "unfound": min(ana.threads(jane)),
        "thread": max(ana.threads(jane)),
        "agreement": ana.paper(jane, "custody-agreement.pdf"),
        "letter": ana.paper(jane, "letter-opposing-counsel.docx"),
        "scan": ana.paper(jane, "Scanned receipt.pdf"),
        "sealed": ana.paper(jane, "Sealed letter.pdf"),
        "ben": workplace.people["ben"].get("auth/me/")["id"],
        "link": _link(workplace),
    }


def in_days(days: int) -> str:
    """Return a moment to come, as the API takes it."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def _link(workplace: Workplace) -> str:
    """Have a link mailed to somebody who lost the password; return what it ends with."""
    ben = workplace.people["ben"]
    ben.submit("/reset/", email=ben.email)
    workplace.await_true(lambda: any("/reset/" in mail for mail in workplace.mails()), 30)
    newest = next(mail for mail in reversed(workplace.mails()) if "/reset/" in mail)
    return re.search(r"/reset/([\w=\n-]+)/", newest)[1].replace("=\n", "")


def refuse_sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("nobody@nowhere.example")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()


def open_source(page: Page) -> None:
    with page.expect_response(lambda answer: "/source/" in answer.url):
        page.locator(".chip").first.click()


PLACES = [
    Place("sign-in", "/sign-in/", ""),
    Place("sign-in-refused", "/sign-in/", "", refuse_sign_in),
    Place("reset", "/reset/", ""),
    Place("reset-set", "/reset/{link}/", ""),
    Place("today", "/today/"),
    Place("clients", "/clients/"),
    Place("clients-none-found", "/clients/?q=xyzzy"),
    Place("client-new", "/clients/new/"),
    Place("ask", "/clients/{jane}/ask/"),
    Place("ask-unfound", "/clients/{jane}/ask/{unfound}/"),
    Place("thread-print", "/clients/{jane}/ask/{thread}/print/"),
    Place("ask-source", "/clients/{jane}/ask/", "ana", open_source),
    Place("ask-choosing", "/clients/{jane}/ask/?choose"),
    Place("ask-empty", "/clients/{empty}/ask/"),
    Place("documents", "/clients/{jane}/documents/"),
    Place("documents-empty", "/clients/{empty}/documents/"),
    Place("viewer-pdf", "/documents/{agreement}/"),
    Place("viewer-searched", "/documents/{agreement}/?q=notice"),
    Place("viewer-flowing", "/documents/{letter}/"),
    Place("viewer-scan", "/documents/{scan}/"),
    Place("viewer-refused", "/documents/{sealed}/"),
    Place("source", "/documents/{agreement}/source/?page=1&start=0&end=40"),
    Place("document-delete", "/documents/{letter}/delete/"),
    Place("case", "/clients/{jane}/case/"),
    Place("case-restricted", "/clients/{walled}/case/"),
    Place("case-change", "/clients/{jane}/case/change/"),
    Place("client-delete", "/clients/{jane}/delete/"),
    Place("activity", "/clients/{jane}/activity/"),
    Place("search", "/search/"),
    Place("search-found", "/search/?q=notice"),
    Place("search-none-found", "/search/?q=xyzzy"),
    Place("firm", "/firm/", "dora"),
    Place("firm-invite", "/firm/users/new/", "dora"),
    Place("firm-person", "/firm/users/{ben}/", "dora"),
    Place("firm-audit", "/firm/audit/", "dora"),
    Place("firm-usage", "/firm/usage/", "dora"),
    Place("account", "/account/"),
    Place("shortcuts", "/today/", "ana", lambda page: page.keyboard.press("?")),
    Place("not-found", "/nowhere/", "ana", status=404),
    Place("forbidden", "/firm/", "ana", status=403),
]
