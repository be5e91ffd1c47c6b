"""What every command shares: one translator of refusals, `--json`, and whom it acts for."""

import json
import stat
from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory

from lexai import audit
from lexai.characters import harmless, storable
from lexai.database import is_schema_current
from lexai.encryption.startup import UnfitKeys, demand_key_store, demand_keys, make_first_root
from lexai.errors import DomainError
from lexai.system import SYSTEM

COULD_NOT, DONE_IN_PART = 1, 2
MIGRATION_LOCK = 20240614
BAR_CHARACTERS = 40
Result = TypeVar("Result")


class FileUnreadable(DomainError):
    """The file cannot be opened. Check its path and that you may read it."""


def printable(path: Path) -> str:
    """Return the path's name fit for one line of any terminal."""
    return harmless(path.name).replace("\n", "\ufffd")


def opened(path: Path) -> BinaryIO:
    """Open a file of this machine for reading; raise FileUnreadable."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise FileUnreadable(f"{path} is no ordinary file.")
        return path.open("rb")
    except OSError as error:
        raise FileUnreadable(
            f"{path}: {error.strerror}. Check the path and that you may read the file."
        ) from error


class Command(BaseCommand):
    """A command of the practice: parse, one service call, one line. Exit codes: 0 done, 1 could not, 2 in part."""

    needs_servers = True
    acts_for_a_user = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
        if self.acts_for_a_user:
            parser.add_argument("--as", metavar="EMAIL", dest="as_user", help="see and act as this user")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let wrong arguments exit with 1, because 2 says that something was done in part."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        refuse = partial(parser.exit, COULD_NOT)
        setattr(parser, "error", lambda message: refuse(f"{parser.format_usage()}{message}\n"))  # noqa: B010 - mypy
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the command; a refusal becomes one sentence, one audit row and the exit code."""
        try:
            self._handle(options)
        except OperationalError as error:
            raise CommandError(
                "The database cannot be used at the moment. Check DATABASE_URL and KEYS_DATABASE_URL, their servers "
                "and disks.",
                returncode=COULD_NOT,
            ) from error
        except InconsistentMigrationHistory as error:
            raise CommandError(
                "This database was made before the first release and cannot be brought up to date. Set "
                f"LEXAI_HOME to another folder, or move {settings.LEXAI_HOME} away.",
                returncode=COULD_NOT,
            ) from error

    def _handle(self, options: dict[str, Any]) -> None:
        if self.needs_servers:
            self._demand_keys()
        by = self._acting_user(options)
        code, refusal = self.attempt(lambda: self.act(by=by, **options), by=by)
        if refusal:
            raise CommandError(str(refusal), returncode=COULD_NOT) from refusal
        if code:
            raise SystemExit(code)

    def attempt(self, deed: Callable[[], Result], *, by: Any) -> tuple[Result | None, DomainError | None]:
        """Do one deed of several; return its result, or the refusal, which is then in the audit."""
        try:
            return deed(), None
        except DomainError as refusal:
            if self.needs_servers:
                audit.record_refusal(refusal, by=by, door=type(self).__module__.rpartition(".")[2])
            return None, refusal

    @abstractmethod
    def act(self, *, by: Any, **options: Any) -> int | None:
        """Do the command's work for `by`; return an exit code other than 0, or None."""

    def say(self, text: str) -> None:
        """Print one line for people, harmless to their terminal whatever a paper holds."""
        self.stdout.write(harmless(text))

    def say_json(self, value: Any) -> None:
        """Print one line for programs."""
        self.stdout.write(json.dumps(value, ensure_ascii=False, default=str))

    def show_progress(self, done: int, total: int) -> None:
        """Draw a bar that says how far the work has come; on a terminal alone."""
        if self.stderr.isatty():
            bar = "#" * (BAR_CHARACTERS * done // total)
            line = f"\r[{bar:<{BAR_CHARACTERS}}] {done:,} of {total:,}"
            self.stderr.write(line, str, ending="\n" if done == total else "")
            self.stderr.flush()

    def _acting_user(self, options: dict[str, Any]) -> Any:
        email = options.get("as_user")
        if not email:
            return SYSTEM
        people = get_user_model()
        try:
            return people.objects.get_by_natural_key(storable(email))
        except people.DoesNotExist as error:
            raise CommandError(f"--as: there is no user {storable(email)}.", returncode=COULD_NOT) from error

    def _demand_current_schema(self) -> None:
        """Bring the schema of an embedded database up to date; of any other, only say what is to be done."""
        if is_schema_current():
            return
        if not settings.IS_EMBEDDED:
            raise CommandError(
                "The database's schema is not up to date. Run `manage.py migrate` first.",
                returncode=COULD_NOT,
            )
        with connection.cursor() as cursor:  # two first commands at once: the second waits and finds it done
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            if not is_schema_current():
                call_command("migrate", verbosity=0, interactive=False)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])

    def _demand_keys(self) -> None:
        """Start nothing with keys that do not open what is stored; a new installation gets its root key."""
        try:
            demand_key_store()
            self._demand_current_schema()
            make_first_root()
            demand_keys()
        except UnfitKeys as error:
            raise CommandError(str(error), returncode=COULD_NOT) from error
