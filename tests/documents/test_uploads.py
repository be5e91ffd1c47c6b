"""The streaming upload handler, behind a real multipart parser."""

import hashlib
import io
import tempfile
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import RequestFactory
from django.urls import ResolverMatch

from clients.models import Client
from documents import services, uploads
from documents.models import Document
from documents.storage import originals
from lexai.encryption import keyring
from lexai.encryption.errors import KeyErased, KeysUnavailable
from lexai.errors import NotAcceptable
from tests import factories

MEGABYTE = 1024 * 1024


def stored_files():
    return sorted(default_storage.listdir("")[1])


@uploads.accepts_files
def door(request):
    """Stand for a view that takes files."""


def sent_to(client, content, filename="paper.txt", view=door, **more):
    file = io.BytesIO(content)
    file.name = filename
    request = RequestFactory().post("/", {"file": file, "title": "kept", **more})
    request.resolver_match = ResolverMatch(view, (), {"client_id": client.pk})
    return request


@pytest.fixture
def posted(cast):
    """Return what posts a file to the papers of one client."""
    return partial(sent_to, cast.open)


def test_a_door_that_takes_no_files_stores_none_and_still_reads_the_form(posted):
    request = posted(b"x" * MEGABYTE, view=test_a_file_that_no_document_took_goes_with_its_request)

    assert (dict(request.FILES), request.POST["title"], stored_files()) == ({}, "kept", [])


@pytest.mark.django_db
def test_a_stranger_leaves_no_file_at_the_sign_in_page(client):
    file = io.BytesIO(b"x" * MEGABYTE)
    file.name = "filler.bin"
    answer = client.post("/sign-in/", {"email": "x", "password": "y", "file": file})

    assert (answer.status_code, stored_files()) == (401, [])


def test_a_file_is_sealed_while_it_arrives_with_size_and_hash(posted, cast):
    content = b"The fee is $900." * (3 * MEGABYTE // 16)
    upload = posted(content).FILES["file"]

    assert (upload.size, upload.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with default_storage.open(upload.storage_key) as stored:
        assert b"The fee is" not in stored.read()
    with originals.open(upload.storage_key, cast.open.pk, place="here") as opened:
        assert opened.read() == content


def test_a_file_for_a_client_that_nobody_knows_is_refused_and_nothing_is_kept(cast):
    request = sent_to(Client(pk="client_nobody"), b"x" * MEGABYTE)

    assert isinstance(request.FILES["file"].refusal, KeyErased)
    assert (request.POST["title"], stored_files()) == ("kept", [])


def test_a_file_that_was_sealed_for_one_client_never_becomes_the_paper_of_another(posted, cast):
    upload = posted(b"The fee is $900.").FILES["file"]

    with pytest.raises(ValueError, match="another client"):
        services.add_document(Document(client=cast.restricted), upload, by=cast.ana)
    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_without_the_key_store_a_file_is_refused_as_unavailable(posted, cast, monkeypatch):
    keyring.forget_keys()
    monkeypatch.setattr(settings, "ROOT_KEY_FILE", Path("/nowhere/root_key"))
    upload = posted(b"The fee is $900.").FILES["file"]

    with pytest.raises(KeysUnavailable):
        services.add_document(Document(client=cast.open), upload, by=cast.ana)
    assert stored_files() == []


def test_nothing_of_a_large_file_touches_a_temporary_folder(posted, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tmp_path.chmod(0o500)  # root may write all the same, so the folder is looked at too

    upload = posted(b"x" * (6 * MEGABYTE)).FILES["file"]

    assert upload.size == 6 * MEGABYTE
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_no_document_took_goes_with_its_request(posted):
    request = posted(b"orphan")
    assert len(request.FILES) == len(stored_files()) == 1

    request.close()

    assert stored_files() == []


@pytest.mark.django_db(transaction=True)
def test_a_file_that_a_document_took_stays():
    cast = factories.cast()
    request = sent_to(cast.open, b"The fee is $900.")
    document = services.add_document(Document(client=cast.open), request.FILES["file"], by=cast.ana)
    request.close()

    assert stored_files() == [document.storage_key]


def test_several_files_and_fields_come_through(posted):
    second = io.BytesIO(b"second")
    second.name = "second.txt"
    request = posted(b"first", other=second)

    assert (request.POST["title"], request.FILES["file"].size, request.FILES["other"].size) == ("kept", 5, 6)
    assert len(stored_files()) == 2


def test_beyond_the_limit_nothing_is_kept_and_the_rest_of_the_form_is_read(posted, settings):
    settings.UPLOAD_LIMIT_MB = 1
    request = posted(b"x" * (2 * MEGABYTE))

    assert isinstance(request.FILES["file"].refusal, uploads.FileTooLarge)
    assert request.POST["title"] == "kept"
    assert stored_files() == []


def test_exactly_the_limit_is_kept(posted, settings):
    settings.UPLOAD_LIMIT_MB = 1

    assert posted(b"x" * MEGABYTE).FILES["file"].refusal is None
    assert len(stored_files()) == 1


def test_a_name_over_255_characters_is_seen_whole_and_refused(posted, cast):
    upload = posted(b"x", filename="n" * 300 + ".txt").FILES["file"]
    with pytest.raises(NotAcceptable, match="longer than 255 characters"):
        services.add_document(Document(client=cast.open), upload, by=cast.ana)

    assert stored_files() == []


def test_an_upload_that_breaks_off_leaves_nothing(cast):
    class BrokenLine(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > MEGABYTE:
                raise OSError("the line broke")
            return super().read(min(size, 64 * 1024) if size > 0 else 64 * 1024)

    boundary = "frontier"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'.encode()
        + b"x" * (3 * MEGABYTE)
    )
    request = RequestFactory().post("/", body, content_type=f"multipart/form-data; boundary={boundary}")
    request.resolver_match = ResolverMatch(door, (), {"client_id": cast.open.pk})
    request._stream = BrokenLine(body)

    with pytest.raises(OSError, match="the line broke"):
        uploads.BrokenUploadsMiddleware(lambda asked: asked.FILES)(request)

    assert stored_files() == []


def test_a_receiver_whose_source_fails_leaves_nothing(cast):
    class Failing(io.RawIOBase):
        def read(self, size=-1):
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        uploads.receive(Failing(), filename="a.txt", client=cast.open)

    assert stored_files() == []
