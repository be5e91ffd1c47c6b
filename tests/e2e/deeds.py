"""What people do on the pages again and again, by the names that the pages give it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.workplace import Person

SETTLING_MILLISECONDS = 30_000


def sign_in(page: Page, person: Person) -> None:
    """Sign in on the page of that name."""
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today/")


def question_box(page: Page) -> Locator:
    """Return where questions are written."""
    return page.get_by_role("textbox", name=re.compile("Your question"))


def exchanges(page: Page) -> Locator:
    """Return the questions of a conversation with their answers; a source may be an article, too."""
    return page.get_by_role("article", name="Question and answer")


def ask(page: Page, question: str) -> Locator:
    """Ask on the page of a client; return the question with its answer to come."""
    question_box(page).fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    exchange = exchanges(page).filter(has_text=question).last
    expect(exchange).to_be_visible()
    return exchange


def settled(exchange: Locator) -> Locator:
    """Wait until the answer is complete; return it."""
    answer = exchange.locator(".answer:not(.pending)")
    expect(answer).to_be_visible(timeout=SETTLING_MILLISECONDS)
    return answer


def tab_to(page: Page, wanted: Locator, *, key: str = "Tab", presses: int = 120) -> None:
    """Press a key until what is wanted has the focus; fail where the keyboard does not lead there."""
    for _press in range(presses):
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {wanted} within {presses} presses")
