"""The root key: 32 random bytes in a file that only its owner can read, and how another takes its place.

While a root is being replaced, the next one lies beside the file as `root_key.next`, and the old one stays as
`root_key.<fingerprint>`. Whoever needs a root looks at all three, so that a replacement may be cut off anywhere.
"""

import contextlib
import os
from pathlib import Path

from lexai.encryption.core.errors import UnusableRoot
from lexai.encryption.core.keys import KEY_BYTES, fingerprint, new_key


def read_root(path: Path) -> bytes:
    """Return the root key; raise UnusableRoot when there is no such file, or not 32 bytes in it."""
    try:
        root = path.read_bytes()
    except OSError as error:
        raise UnusableRoot(f"The root key file cannot be read ({error.strerror}).") from error
    if len(root) != KEY_BYTES:
        raise UnusableRoot(f"The root key file must hold {KEY_BYTES} bytes; it holds {len(root)}.")
    return root


def find_root(path: Path, name: str) -> bytes:
    """Return the root with this fingerprint: of the file, the next one, or one kept; raise UnusableRoot."""
    root = read_root(path)
    for other in (next_to(path), kept_beside(path, name)):
        if fingerprint(root) != name and other.exists():
            root = read_root(other)
    if fingerprint(root) != name:
        raise UnusableRoot("The root key file is not the one that the key store was made with.")
    return root


def make_root(path: Path) -> bytes:
    """Make the root key file unless there is one already; return the key. Raises UnusableRoot."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(path)
    except OSError as error:
        raise UnusableRoot(f"The root key file cannot be made ({error.strerror}).") from error
    return read_root(path)


def next_to(path: Path) -> Path:
    """Return where the next root lies until it takes the place of this one."""
    return path.with_name(f"{path.name}.next")


def kept_beside(path: Path, name: str) -> Path:
    """Return where a root with this fingerprint is kept after it was replaced."""
    return path.with_name(f"{path.name}.{name}")


def replace_root(path: Path) -> Path:
    """Put the next root in the place of the root, in one step; return where the old one is kept."""
    kept = kept_beside(path, fingerprint(read_root(path)))
    with contextlib.suppress(FileExistsError):
        kept.hardlink_to(path)
    next_to(path).replace(path)
    _keep_folder(path)
    return kept


def _write_whole(path: Path) -> None:
    """Put a new key under the path in one step, for good, unless there is a file already."""
    made = path.with_name(f"{path.name}.making-{os.urandom(8).hex()}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(new_key())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(made)
    made.unlink()
    _keep_folder(path)


def _keep_folder(path: Path) -> None:
    """Have the disk remember which names there are."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
