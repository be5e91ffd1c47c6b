"""Where LexAI keeps everything, where its servers listen, and whom they run as."""

import hashlib
import os
import pwd
import stat
import sys
from pathlib import Path
from urllib.parse import quote

from lexai.embedded.errors import ServersUnavailable

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PORT = 5432  # it only names the socket; written out because PGPORT would change libpq's default
POSTGRESQL_SOCKET = f".s.PGSQL.{PORT}"
VALKEY_SOCKET = "valkey.sock"
SOCKET_PATH_LIMIT_BYTES = 103 if sys.platform == "darwin" else 107


def home() -> Path:
    """Return the folder that LexAI keeps everything in: LEXAI_HOME, else one chosen for this checkout."""
    explicit = os.environ.get("LEXAI_HOME")
    return Path(explicit).expanduser().resolve() if explicit else default_home(CHECKOUT)


def default_home(checkout: Path) -> Path:
    """Return `var` in the checkout; for root elsewhere when the servers' user cannot get there."""
    if barrier(checkout) is None:
        return checkout / "var"
    return Path("/var/lib/lexai") / hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]


def database_url(home: Path) -> str:
    """Return the libpq address of the database `lexai` of this home, running or not."""
    return f"postgresql://lexai@/lexai?host={quote(str(socket_folder(home)), safe='')}&port={PORT}"


def redis_socket(home: Path) -> Path:
    """Return the path of Valkey's socket of this home, running or not."""
    return socket_folder(home) / VALKEY_SOCKET


def socket_folder(home: Path) -> Path:
    """Return the folder of both sockets: in the home, or in /tmp when their path would be too long."""
    folder = home.resolve() / "sockets"
    longest = max(len(os.fsencode(folder / name)) for name in (POSTGRESQL_SOCKET, VALKEY_SOCKET))
    if longest <= SOCKET_PATH_LIMIT_BYTES and "," not in str(folder):  # libpq takes a comma for a list
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    # Not tempfile's choice: every user of a home must come to the same folder, whatever their TMPDIR.
    return Path("/tmp") / f"lexai-{os.geteuid()}-{digest}"  # noqa: S108 - make_socket_folder checks its owner


def server_user() -> pwd.struct_passwd:
    """Return the account that the servers run as; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return _own_account()
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def barrier(folder: Path) -> Path | None:
    """Return the uppermost existing folder on the way that the servers' user, if not us, cannot enter."""
    if os.geteuid() != 0:
        return None
    user = server_user()
    steps = reversed([folder, *folder.parents])
    return next((step for step in steps if step.is_dir() and not _can_enter(user, step.stat())), None)


def prepare_home(home: Path) -> None:
    """Create the home, open to those who must get through; raise ServersUnavailable if it is unfit."""
    if blocked := barrier(home.parent):
        raise ServersUnavailable(
            f"PostgreSQL runs as the user {server_user().pw_name}, who cannot enter {blocked}. Set "
            "LEXAI_HOME to a folder outside it, for example /var/lib/lexai."
        )
    try:
        _create_home(home)
    except OSError as error:
        raise ServersUnavailable(
            f"LexAI cannot use the folder {home} ({error.strerror}). Set LEXAI_HOME to a folder that belongs "
            "to the user who runs LexAI."
        ) from error


def make_folder(folder: Path, owner: pwd.struct_passwd) -> None:
    """Create a folder for `owner` alone, or hand an existing one over with all its contents."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid == owner.pw_uid:
        return
    for path in [*folder.rglob("*"), folder]:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def make_socket_folder(home: Path, owner: pwd.struct_passwd) -> Path:
    """Create the folder of both sockets; refuse one that somebody else has put there first."""
    folder = socket_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.geteuid(), owner.pw_uid}:
        raise ServersUnavailable(f"{folder} belongs to somebody else. Remove it, or set another LEXAI_HOME.")
    make_folder(folder, owner)
    return folder


def _own_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise ServersUnavailable(
            f"PostgreSQL needs a user with a name, and the user id {os.geteuid()} has none. Add it to "
            "/etc/passwd, or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from error


def _can_enter(user: pwd.struct_passwd, status: os.stat_result) -> bool:
    if status.st_uid == user.pw_uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.pw_gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _create_home(home: Path) -> None:
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for folder in reversed([home, *home.parents]):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
    status = home.stat()
    if status.st_uid != os.geteuid() or status.st_mode & stat.S_ISVTX:
        raise ServersUnavailable(
            f"The folder {home} is not LexAI's own. Run LexAI as the user whom it belongs to, or set "
            "LEXAI_HOME to a new folder."
        )
    home.chmod(mode)
    (home / "logs").mkdir(mode=0o700, exist_ok=True)
