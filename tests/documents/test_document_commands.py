"""Importing the same file twice, and looking into files with a password or with others in them."""

import io
import json
import subprocess
import sys

import pytest
from django.core.management import call_command

from documents.models import Document
from tests import papers
from tests.conftest import CHECKOUT, environment

PASSWORD = "a heron by the lake"


def extracted(path, *options, stdin=""):
    return subprocess.run(
        [sys.executable, "manage.py", "extract-file", str(path), *options],
        cwd=CHECKOUT,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_the_same_file_twice_tells_the_first_document(cast, tmp_path):
    for name in ("note.txt", "again.txt"):
        (tmp_path / name).write_text("The fee is $900.")
    paths = [str(tmp_path / name) for name in ("note.txt", "again.txt")]

    call_command("import_documents", cast.open.pk, *paths, json=True, stdout=(said := io.StringIO()))

    document = Document.objects.get()
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [(line["id"], line["status"], line["duplicate"]) for line in lines] == [
        (document.pk, "queued", False),
        (document.pk, "queued", True),
    ]
    assert lines[1]["message"] == "The client had this file already."


@pytest.mark.slow
def test_a_protected_file_is_looked_into_with_the_password_from_the_input(db, tmp_path):
    path = tmp_path / "deed.pdf"
    path.write_bytes(papers.encrypted_pdf(PASSWORD))

    opened, wrong, bare = (
        extracted(path, "--password-stdin", stdin=f"{PASSWORD}\n"),
        extracted(path, "--password-stdin", stdin="a cormorant\n"),
        extracted(path),
    )

    assert (opened.returncode, opened.stdout.strip()) == (0, "A secret.")
    assert (wrong.returncode, wrong.stderr[:30]) == (1, "password: The password does no")
    assert (bare.returncode, bare.stderr[:30]) == (1, "password: This file is protect")


@pytest.mark.slow
def test_what_a_file_brings_along_is_named(db, tmp_path):
    path = tmp_path / "case.zip"
    path.write_bytes(papers.zipped({"lease.txt": "The rent is $900.", "fees.txt": "The fee is $20."}))

    told = json.loads(extracted(path, "--json").stdout)

    assert (told["refusal"], told["parts"]) == (None, ["lease.txt", "fees.txt"])
