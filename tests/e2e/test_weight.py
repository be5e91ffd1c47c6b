"""How much a page brings: a lawyer on a train waits for every kilobyte."""

import pytest

LIMIT_BYTES = 150_000


@pytest.mark.parametrize("address", ["/clients/{jane}/ask/", "/clients/"])
def test_a_page_brings_less_than_150_kilobytes_without_pictures_of_pages(address, visit, workplace):
    page = visit("ana", "/sign-in/")
    bodies = {}
    page.on(
        "requestfinished", lambda request: bodies.update({request.url: request.sizes()["responseBodySize"]})
    )

    page.goto(address.format(**workplace.ids), wait_until="networkidle")

    brought = {url: size for url, size in bodies.items() if "/picture/" not in url}
    assert len(brought) > 3
    assert sum(brought.values()) < LIMIT_BYTES, brought
