"""Every page of ours, with all that it can show, for whoever looks at each of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Page, Response, expect

from tests import papers
from tests.e2e.accessibility import NARROW, WIDE, Size
from tests.e2e.deeds import ask, question_box
from tests.e2e.workplace import Workplace

READING_SECONDS = 30
LINE_BROKEN_SECONDS = 31  # after that a page takes it for lost
SLOW_BYTES_A_SECOND = 40_000


@dataclass(frozen=True)
class Place:
    """A page, who opens it, what happens around it, and what is done there before one looks.

    The address names rows of a furnished product; `sizes` are the screens on which it is looked at. `provokes` are the
    statuses of refusals on the way to what is shown.
    """

    name: str
    address: str
    person: str = "ana"
    prepare: Callable[[Page], object] = lambda _page: None
    status: int = 200
    around: Callable[[Workplace], AbstractContextManager[object]] = lambda _workplace: nullcontext()
    provokes: frozenset[int] = frozenset()
    is_offline: bool = False
    sizes: tuple[Size, ...] = (WIDE, NARROW)

    def __str__(self) -> str:
        return self.name

    @contextmanager
    def shown(self, page: Page, workplace: Workplace) -> Iterator[Response]:
        """Open it, and keep it as it is to be looked at; yield what the server answered."""
        page.set_viewport_size(self.sizes[0]._asdict())
        with self.around(workplace):
            answer = page.goto(self.address.format(**workplace.ids))
            assert answer
            self.prepare(page)
            yield answer


# What happens around a page


@contextmanager
def an_answer_that_comes(workplace: Workplace) -> Iterator[None]:
    """Say the beginning of the next answer, and leave it under way."""
    with workplace.dictating(str(workplace.ids["doubtful"])) as answer:
        answer.say("The rent of the quay is **900 dollars** a month. It is paid on the first ")
        yield


@contextmanager
def papers_that_wait(workplace: Workplace) -> Iterator[None]:
    """Leave papers waiting for the worker."""
    client, ana = str(workplace.ids["reading"]), workplace.people["ana"]
    with workplace.without_reading():
        for name in ("Lease of the boathouse.txt", "Inventory of the boathouse.txt"):
            ana.adds(client, name, f"{name} {uuid4()}".encode())
        yield
    ana.await_papers(client)


@contextmanager
def papers_half_read(workplace: Workplace) -> Iterator[None]:
    """Stop the worker in the middle of a scan, and leave another paper waiting."""
    client, ana = str(workplace.ids["reading"]), workplace.people["ana"]
    pages = [papers.written_picture(f"{uuid4()}\nInventory, page {number}") for number in range(1, 9)]
    ana.adds(client, "Scanned inventory.pdf", papers.picture_pdf(pages))
    workplace.await_true(
        lambda: any((paper["progress"] or {}).get("pages_read") for paper in ana.papers(client)),
        READING_SECONDS,
    )
    with papers_that_wait(workplace):
        yield


def a_broken_database(workplace: Workplace) -> AbstractContextManager[None]:
    return workplace.without_table("api_tokens")


# What is done before one looks


def sign_in_wrongly(page: Page, email: str = "nobody@nowhere.example") -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def guess_passwords(page: Page) -> None:
    while not page.get_by_text("Too many sign-ins").count():
        sign_in_wrongly(page, "guessed@nowhere.example")


def ask_for_links(page: Page) -> None:
    while not page.get_by_role("alert").count():
        page.goto("/reset/")
        page.get_by_label("E-mail address").fill("forgetful@nowhere.example")
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_text("on its way").or_(page.get_by_role("alert"))).to_be_visible()


def ask_for_a_link(page: Page) -> None:
    page.get_by_label("E-mail address").fill("nobody@nowhere.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("on its way")).to_be_visible()


def await_picture(page: Page) -> None:
    """Wait until the picture of a page of a paper is drawn."""
    page.locator("img[data-picture]").first.evaluate("(picture) => picture.decode()")


def open_source(page: Page) -> None:
    with page.expect_response(lambda answer: "/source/" in answer.url):
        page.locator("#conversation .quotation .chip").first.click()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    await_picture(page)


def ask_about_the_quay(page: Page) -> None:
    ask(page, "What is the rent of the quay?")
    expect(page.locator("#conversation")).to_contain_text("It is paid on the first")


def lose_the_line(page: Page) -> None:
    """Cut the line to an answer under way for good."""
    ask_about_the_quay(page)
    page.route("**/events/", lambda route: route.abort("internetdisconnected"))
    page.clock.install()
    page.reload()
    expect(page.get_by_text("The line broke")).to_be_visible()
    page.clock.fast_forward(1000 * LINE_BROKEN_SECONDS)
    expect(page.locator("#conversation").get_by_text("was lost")).to_be_visible()
    expect(page.locator("#conversation")).to_contain_text("It is paid on the first")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()


def ask_without_a_network(page: Page) -> None:
    page.context.set_offline(True)
    question_box(page).fill("What is the rent of the quay?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("There is no connection")).to_be_visible()


def open_threads(page: Page) -> None:
    page.locator(".threads summary").click()
    expect(page.get_by_label("Title of this thread")).to_be_visible()


def choose_documents(page: Page) -> None:
    page.get_by_role("link", name="choose", exact=True).click()
    page.get_by_role("checkbox", name="custody-agreement.pdf").check()


def save_a_stale_edit(page: Page) -> None:
    """Change a client while somebody else does; both versions are shown."""
    with page.context.new_page() as other:
        other.goto(page.url)
        other.get_by_label("Notes").fill(f"Rang on Monday, and again on Tuesday. {uuid4()}")
        other.get_by_role("button", name="Save").click()
        other.wait_for_url("**/case/")
    page.get_by_label("Notes").fill("Wants to be called before noon.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Take theirs")).to_be_visible()


def leave_out_the_name(page: Page) -> None:
    page.get_by_label(re.compile("^E-mail")).fill("not an address")
    page.get_by_role("button", name="Open the client").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def ask_before_deleting(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Delete letter")).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def ask_before_deleting_all(page: Page) -> None:
    page.get_by_role("link", name="Delete the client").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def add_papers(page: Page) -> None:
    """Leave one file refused and another on its way, over a slow line."""
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES_A_SECOND}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    files = {"empty.txt": b"", "Photographs of the site.zip": bytes(2_000_000)}
    page.get_by_label("Files to add").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in files.items()
        ]
    )
    incoming = page.get_by_role("list", name="Files on their way")
    expect(incoming.get_by_role("button", name="Dismiss empty.txt")).to_be_visible()
    expect(incoming.get_by_text(re.compile(r"uploading, [1-9]\d? %"))).to_be_visible()


def show_shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def invite_wrongly(page: Page) -> None:
    for label, words in {
        "E-mail address": "ben@hartwell.example",
        "First name": "Ben",
        "Last name": "Too",
    }.items():
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator(".errorlist, [role=alert]").first).to_be_visible()


def choose_a_weak_password(page: Page) -> None:
    page.get_by_label("Current password").fill("not the password")
    page.get_by_label("New password").fill("password")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator(".errorlist, [role=alert]").first).to_be_visible()


REFUSED_FORM = frozenset({400})

PLACES = [
    Place("sign-in", "/sign-in/", ""),
    Place("sign-in-refused", "/sign-in/", "", sign_in_wrongly, provokes=frozenset({401})),
    Place("sign-in-locked", "/sign-in/", "", guess_passwords, provokes=frozenset({401, 429})),
    Place("reset", "/reset/", ""),
    Place("reset-asked", "/reset/", "", ask_for_a_link),
    Place("reset-too-often", "/reset/", "", ask_for_links, provokes=frozenset({429})),
    Place("reset-set", "/reset/{link}/", ""),
    Place("reset-dead", "/reset/{link}x/", "", status=410),
    Place("today", "/today/"),
    Place("today-reading", "/today/", around=papers_that_wait),
    Place("today-empty", "/today/", "ngozi"),
    Place("clients", "/clients/"),
    Place("clients-none-found", "/clients/?q=xyzzy"),
    Place("client-new", "/clients/new/"),
    Place("client-new-refused", "/clients/new/", "ana", leave_out_the_name, provokes=REFUSED_FORM),
    Place("ask", "/clients/{jane}/ask/", "ana", await_picture),
    Place("ask-unfound", "/clients/{jane}/ask/{unfound}/"),
    Place("ask-source", "/clients/{jane}/ask/", "ana", open_source, sizes=(WIDE,)),
    Place("ask-source-phone", "/clients/{jane}/ask/", "ana", open_source, sizes=(NARROW,)),
    Place("ask-threads", "/clients/{jane}/ask/", "ana", open_threads),
    Place("ask-choosing", "/clients/{jane}/ask/", "ana", choose_documents),
    Place("ask-empty", "/clients/{empty}/ask/"),
    Place("ask-doubtful", "/clients/{doubtful}/ask/{doubted}/"),
    Place("ask-stopped", "/clients/{doubtful}/ask/{stopped}/"),
    Place(
        "ask-pending", "/clients/{doubtful}/ask/?new", "ana", ask_about_the_quay, around=an_answer_that_comes
    ),
    Place(
        "ask-lost",
        "/clients/{doubtful}/ask/?new",
        "ana",
        lose_the_line,
        around=an_answer_that_comes,
        is_offline=True,
    ),
    Place("ask-offline", "/clients/{doubtful}/ask/?new", "ana", ask_without_a_network, is_offline=True),
    Place("thread-print", "/clients/{jane}/ask/{thread}/print/"),
    Place("thread-print-doubtful", "/clients/{doubtful}/ask/{doubted}/print/"),
    Place("documents", "/clients/{jane}/documents/"),
    Place("documents-adding", "/clients/{jane}/documents/", "ana", add_papers, provokes=REFUSED_FORM),
    Place("documents-reading", "/clients/{reading}/documents/", around=papers_half_read),
    Place("documents-deleting", "/clients/{jane}/documents/", "ana", ask_before_deleting),
    Place("documents-empty", "/clients/{empty}/documents/"),
    Place("viewer-pdf", "/documents/{agreement}/", "ana", await_picture),
    Place("viewer-searched", "/documents/{agreement}/?q=notice", "ana", await_picture),
    Place("viewer-flowing", "/documents/{letter}/"),
    Place("viewer-scan", "/documents/{scan}/", "ana", await_picture),
    Place("viewer-refused", "/documents/{sealed}/"),
    Place("source", "/documents/{agreement}/source/?page=1&start=0&end=40", "ana", await_picture),
    Place("document-delete", "/documents/{letter}/delete/"),
    Place("case", "/clients/{jane}/case/"),
    Place("case-restricted", "/clients/{walled}/case/"),
    Place("case-change", "/clients/{jane}/case/change/"),
    Place(
        "case-two-versions",
        "/clients/{empty}/case/change/",
        "ana",
        save_a_stale_edit,
        provokes=frozenset({412}),
    ),
    Place("case-deleting", "/clients/{jane}/case/", "ana", ask_before_deleting_all),
    Place("client-delete", "/clients/{jane}/delete/"),
    Place("activity", "/clients/{jane}/activity/"),
    Place("search", "/search/"),
    Place("search-found", "/search/?q=notice"),
    Place("search-in-parts", "/search/?q=ferry", "emil"),
    Place("search-none-found", "/search/?q=xyzzy"),
    Place("firm", "/firm/", "dora"),
    Place("firm-none-found", "/firm/?q=xyzzy", "dora"),
    Place("firm-invite", "/firm/users/new/", "dora"),
    Place("firm-invite-refused", "/firm/users/new/", "dora", invite_wrongly, provokes=frozenset({400, 409})),
    Place("firm-person", "/firm/users/{ben}/", "dora"),
    Place("firm-audit", "/firm/audit/", "dora"),
    Place("firm-usage", "/firm/usage/", "dora"),
    Place("account", "/account/"),
    Place("account-refused", "/account/", "ana", choose_a_weak_password, provokes=REFUSED_FORM),
    Place("shortcuts", "/today/", "ana", show_shortcuts),
    Place("shortcuts-ask", "/clients/{jane}/ask/", "ana", show_shortcuts),
    Place("not-found", "/nowhere/", "ana", status=404),
    Place("forbidden", "/firm/", "ana", status=403),
    Place("broken", "/account/", "ana", status=500, around=a_broken_database),
]
