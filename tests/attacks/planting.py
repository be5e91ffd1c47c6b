"""An installation in which words are planted through every door, to be looked for wherever it keeps something.

The back office adds no papers, and the warnings of the reader are sentences of our own: nothing of a client's stands
in them.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import psycopg
import redis
import requests
from psycopg.conninfo import make_conninfo

from lexai import embedded
from lexai.embedded.postgresql import PostgreSQL
from tests import papers
from tests.faults.conftest import Product

CONSONANTS = "bcdfghjklmnpqrtvwxz"  # words of which no stemmer takes anything away
MARKER_LETTERS, OWN_LETTERS = 11, 4
LARGE_BYTES = 49_000_000
PATIENCE_SECONDS = 60
EMAIL = "dora@plain.example"
STORIES = {
    "footnotes": "<w:footnote>{}</w:footnote>",
    "header1": "{}",
    "comments": "<w:comment>{}</w:comment>",
}
OPEN_CLIENT = """
from accounts.models import User
from clients.models import Client
from clients.services import open_client
by = User.objects.get()
print(open_client(Client(firm=by.firm, name={name!r}, **{fields!r}), by=by).pk)
"""
UNNAMED = """
import sys, tempfile, time
with tempfile.TemporaryFile() as file:
    file.write(sys.argv[1].encode())
    file.flush()
    time.sleep(3)
"""


@dataclass
class Planted:
    """The words that were planted in one installation; all begin with one marker that no other place holds."""

    letters: random.Random = field(default_factory=random.Random)
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marker = self._drawn(MARKER_LETTERS)
        self.control = self._drawn(MARKER_LETTERS)  # in names, which are known to stand in clear
        self.probe = self._drawn(MARKER_LETTERS)  # in temporary files of the test

    def word(self, place: str) -> str:
        """Return a new word for a place."""
        word = self.marker + self._drawn(OWN_LETTERS)
        self.words[place] = word
        return word

    def words_of_papers(self) -> list[str]:
        """Return the words of the papers that stand where the product reads: comments it does not read."""
        kinds = ("note", "page", "letter")
        return [
            word
            for place, word in self.words.items()
            if place.startswith(kinds) and not place.endswith("comments")
        ]

    def fields(self, door: str) -> dict[str, str]:
        """Return the sealed fields of a client, each with a word."""
        return {
            "email": f"{self.word(f'field {door} email')}@x.example",
            "phone": self.word(f"field {door} phone"),
            "notes": f"She said: {self.word(f'field {door} notes')}.",
        }

    def missing_in(self, read: list[str]) -> list[str]:
        """Return the fields and questions whose words nobody was shown."""
        shown = "".join(read)
        told = [place for place in self.words if place.startswith(("field", "question"))]
        return [place for place in told if self.words[place] not in shown]

    def _drawn(self, letters: int) -> str:
        return "".join(self.letters.choices(CONSONANTS, k=letters))


class Browser(requests.Session):
    """A browser of somebody who has signed in, with the CSRF token that its forms carry."""

    def __init__(self, root: str, email: str, password: str) -> None:
        super().__init__()
        self.root = root
        self.headers["X-CSRFToken"] = self.sent("GET", "/api/v1/auth/csrf/").json()["csrf_token"]
        answer = self.sent("POST", "/api/v1/auth/login/", json={"email": email, "password": password})
        self.headers["X-CSRFToken"] = answer.json()["csrf_token"]

    def sent(self, method: str, path: str, **given) -> requests.Response:
        """Send a request and return its answer, which is no refusal."""
        answer = self.request(method, self.root + path, timeout=PATIENCE_SECONDS, **given)
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer

    def fetched(self, path: str, **parameters):
        return self.sent("GET", f"/api/v1/{path}", params=parameters).json()

    def posted(self, path: str, **given):
        return self.sent("POST", f"/api/v1/{path}", **given).json()


@dataclass
class Installation:
    """A product of its own, in which words are planted through every door."""

    product: Product
    planted: Planted
    files: Path  # papers on their way in, which the firm keeps elsewhere
    password: str = ""
    client_id: str = ""

    def manage(self, *arguments: str) -> str:
        """Run a command; return what it prints, after a look at what it says of faults."""
        done = self.product.manage(*arguments)
        assert done.returncode == 0, done.stderr
        assert self.planted.marker not in done.stderr
        return done.stdout

    def found(self, firm: str) -> None:
        """Make the firm, and a client through a service."""
        made = json.loads(self.manage("create-firm", firm, "--admin", EMAIL, "--json"))
        self.password = made["password"]
        fields = self.planted.fields("service")
        script = OPEN_CLIENT.format(name=f"{self.planted.control} Ltd", fields=fields)
        self.client_id = self.manage("shell", "--no-imports", "-c", script).split()[-1]

    def paper(self, door: str, kind: Callable[..., bytes], *more: str, filler: int = 0) -> Path:
        """Write a document whose heading, text and further places hold a word each."""
        ending = {note: "txt", page: "pdf", letter: "docx", broken: "pdf"}[kind]
        places = [*([] if kind is broken else ["heading", "text"]), *more]
        words = [self.planted.word(f"{kind.__name__} {door} {place}") for place in places]
        path = self.files / f"{self.planted.control} {kind.__name__} {door}.{ending}"
        path.write_bytes(kind(words, filler))
        return path

    def import_papers(self) -> None:
        """Add papers by a command while no worker reads them: the queue holds its messages."""
        paths = [self.paper("command", kind) for kind in (note, page, letter)]
        large = self.paper("command large", letter, "footnotes", "header1", "comments", filler=LARGE_BYTES)
        self.manage("import-documents", self.client_id, *map(str, paths), str(large))

    def upload_papers(self, browser: Browser) -> None:
        """Add papers over REST, one of which cannot be read, and wait until all are read or refused."""
        paths = [self.paper("api", kind) for kind in (note, page, letter)]
        paths += [self.paper("api large", kind, "last", filler=LARGE_BYTES) for kind in (note, page)]
        paths += [self.paper("api", broken, "text")]
        for path in paths:
            with path.open("rb") as file:
                browser.posted(f"clients/{self.client_id}/documents/", files={"file": (path.name, file)})
        deadline = time.monotonic() + PATIENCE_SECONDS
        expected = ["ready"] * (len(list(self.files.iterdir())) - 1) + ["refused"]
        while (statuses := self._statuses(browser)) != expected:
            assert time.monotonic() < deadline, statuses
            time.sleep(0.2)

    def _statuses(self, browser: Browser) -> list[str]:
        documents = browser.fetched(f"clients/{self.client_id}/documents/")["results"]
        return sorted(document["status"] for document in documents)

    def open_clients(self, browser: Browser) -> list[str]:
        """Open a client over REST and one in the back office, and change both; return what each reads as."""
        name = f"{self.planted.control} Brothers"
        given = self.planted.fields("api")
        made = browser.posted("clients/", json={"name": name, **given})
        notes = f"{made['notes']} And then: {self.planted.word('field api later')}."
        path = f"/api/v1/clients/{made['id']}/"
        browser.sent("PATCH", path, json={"notes": notes})
        office = "/admin/clients/client/"
        name = f"{self.planted.control} Sisters"
        browser.sent(
            "POST", f"{office}add/", data={"name": name, "version": 1, **self.planted.fields("office")}
        )
        (row,) = browser.fetched("clients/", search=name)["results"]
        address = f"{office}{row['id'].replace('_', '_5F')}/change/"
        form = {
            **hidden_fields(browser.sent("GET", address).text),
            **browser.fetched(f"clients/{row['id']}/"),
        }
        form = {name: value for name, value in form.items() if value not in (None, False)}
        form["notes"] += f" And then: {self.planted.word('field office later')}."
        browser.sent("POST", address, data=form)
        mine = f"/api/v1/clients/{self.client_id}/"
        return [browser.sent("GET", one).text for one in (mine, path, address)]

    def ask(self, browser: Browser) -> list[str]:
        """Ask over REST, waiting and following, and by a command; return what each is told."""
        quoted = ("page api", "letter api", "note command")
        words = [self.planted.words[f"{paper} text"] for paper in quoted]
        asked = [self.planted.word(f"question {door}") for door in ("api", "stream", "command")]
        questions = [f"What of {word} is owed, {new}?" for word, new in zip(words, asked, strict=True)]
        path = f"clients/{self.client_id}/conversations/"
        waited = browser.sent("POST", f"/api/v1/{path}", json={"content": questions[0]}).text
        events = browser.posted(path, json={"content": questions[1], "stream": True})["events"]
        followed = browser.sent("GET", events, headers={"Accept": "text/event-stream"}).text
        printed = self.manage("ask", self.client_id, questions[2], "--json")
        told = [waited, followed, printed]
        assert [word in one for word, one in zip(words, told, strict=True)] == [True] * 3
        return [json.dumps(browser.fetched(path))]

    def search(self, browser: Browser) -> list[str]:
        """Look for each word of the papers, and for words that no paper holds; return those not found."""
        client = self.client_id
        missed = browser.fetched("search/", q=self.planted.word("search api"), client=client)["results"]
        self.manage("search", self.planted.word("search command"), "--client", client)
        assert missed == []
        results = {
            word: json.dumps(browser.fetched("search/", q=word, client=client)["results"])
            for word in self.planted.words_of_papers()
        }
        return [word for word, found in results.items() if word not in found.lower()]

    def are_sent_back(self, browser: Browser) -> dict[str, bool]:
        """Say of each file whether it comes back as it was."""
        documents = browser.fetched(f"clients/{self.client_id}/documents/")["results"]
        return {
            one["filename"]: browser.sent("GET", f"/api/v1/documents/{one['id']}/file/").content
            == (self.files / one["filename"]).read_bytes()
            for one in documents
        }

    def watched(self) -> list[Path]:
        """Return the folders where files may stand for a moment only."""
        home = self.product.home
        own = [home, *(folder for folder in home.iterdir() if folder.is_dir() and folder.name != "data")]
        temporary = [Path("/tmp"), Path("/var/tmp"), Path(os.environ["TMPDIR"])]  # noqa: S108 - they are read
        return [*temporary, *own, home / "data" / "base" / "pgsql_tmp"]

    def leave_temporary_files(self) -> None:
        """Leave a file for a moment, and one without a name in a process of the product: the watcher's proof."""
        path = Path(os.environ["TMPDIR"]) / "for-a-moment"
        path.write_text(self.planted.probe)
        time.sleep(0.5)
        path.unlink()
        command = [sys.executable, "-c", UNNAMED, self.planted.probe]
        subprocess.run(command, env=self.product.environment(), check=True)

    def superuser(self) -> psycopg.Connection:
        address = make_conninfo(embedded.database_url(self.product.home), user="postgres")
        return psycopg.connect(address, autocommit=True)

    def settle(self) -> None:
        """Have both servers write out what they hold."""
        with self.superuser() as database:
            for statement in ("VACUUM", "ANALYZE", "CHECKPOINT"):
                database.execute(statement)
        self.product.valkey().config_set("rdbcompression", "no")
        self.product.valkey().save()

    def dumped(self) -> bytes:
        """Return a dump of the database."""
        return pg_dump(self.product.home, embedded.database_url(self.product.home))

    def broker_holds(self) -> bytes:
        """Return every key and value of all databases of Valkey."""
        return b"\n".join(piece for number in range(16) for piece in self._valkey_database(number))

    def _valkey_database(self, number: int) -> list[bytes]:
        socket = str(embedded.redis_socket(self.product.home))
        with redis.Redis(unix_socket_path=socket, db=number) as valkey:
            keys = list(valkey.scan_iter())
            return [piece for key in keys for piece in (key, _value(valkey, key))]


def _value(valkey: redis.Redis, key: bytes) -> bytes:
    kind = valkey.type(key).decode()
    read = {
        "string": valkey.get,
        "list": lambda name: valkey.lrange(name, 0, -1),
        "hash": valkey.hgetall,
        "set": valkey.smembers,
        "zset": lambda name: valkey.zrange(name, 0, -1),
        "stream": valkey.xrange,
    }
    return repr(read[kind](key)).encode()


def pg_dump(home: Path, address: str) -> bytes:
    command = PostgreSQL(home)._program("pg_dump")
    return subprocess.run([command, "--dbname", address], capture_output=True, check=True).stdout


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the forms of a page, with their values."""
    inputs = re.findall(r'<input type="hidden"[^>]*>', page)
    named = [re.search(r'name="([^"]*)"(?: value="([^"]*)")?', one) for one in inputs]
    return {one[1]: one[2] or "" for one in named if one}


def note(words: list[str], filler: int) -> bytes:
    """Make a plain text; a third word stands behind the filler."""
    filling = (" " * 999 + "\n") * (filler // 1000)
    return (clause(*words[:2]) + filling + "".join(map(ending, words[2:]))).encode()


def page(words: list[str], filler: int) -> bytes:
    """Make a PDF that compresses nothing; a third word stands on a page behind the filler."""
    texts = [clause(*words[:2]), *map(ending, words[2:])]
    pages = range(4, 4 + 2 * len(texts), 2)
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{' '.join(f'{number} 0 R' for number in pages)}]/Count {len(texts)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in zip(pages, texts, strict=True):
        shown = " 0 -30 Td ".join(f"({line}) Tj" for line in text.split("\n") if line)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {number + 1} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(papers._pdf_stream(f"BT /F 12 Tf 72 700 Td {shown} ET"))
    return papers.raw_pdf([*objects, papers._pdf_stream(" " * filler)])


def letter(words: list[str], filler: int) -> bytes:
    """Make a Word document that compresses nothing; further words stand in notes, a header and comments."""
    stories = dict(zip(STORIES, words[2:], strict=False))
    written = papers.docx(
        [line for line in clause(*words[:2]).split("\n") if line],
        stories={
            name: STORIES[name].format(f"<w:p><w:r><w:t>{word}</w:t></w:r></w:p>")
            for name, word in stories.items()
        },
    )
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(written)) as given, zipfile.ZipFile(content, "w") as stored:
        for name in given.namelist():
            stored.writestr(name, given.read(name))
        stored.writestr("word/media/picture.bin", bytes(filler))
    return content.getvalue()


def broken(words: list[str], filler: int) -> bytes:
    """Make what passes for a PDF and cannot be read."""
    return b"%PDF-1.7\n" + words[0].encode() + bytes(filler)


def clause(heading: str, text: str) -> str:
    return f"1. {heading.title()} Duties\n\nThe tenant owes the landlord {text} every month.\n\n"


def ending(word: str) -> str:
    return f"\n\n2. Last Things\n\nAt the end {word} is given back to the tenant.\n"
