import stat
import threading

import pytest

from lexai.encryption.core import root
from lexai.encryption.core.errors import UnusableRoot
from lexai.encryption.core.keys import fingerprint


@pytest.fixture
def path(tmp_path):
    return tmp_path / "secrets" / "root_key"


def names(path):
    return sorted(found.name for found in path.parent.iterdir())


def test_a_root_is_made_whole_for_its_owner_alone_in_a_folder_of_its_own(path):
    made = root.make_root(path)

    assert (path.read_bytes(), len(made), names(path)) == (made, 32, ["root_key"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_root_that_is_there_stays(path):
    assert root.make_root(path) == root.make_root(path)


def test_of_several_who_make_a_root_at_once_one_wins(path):
    made = []
    makers = [threading.Thread(target=lambda: made.append(root.make_root(path))) for _ in range(16)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert (len(made), set(made), names(path)) == (16, {path.read_bytes()}, ["root_key"])


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_root_of_another_length_is_none(path, length):
    path.parent.mkdir()
    path.write_bytes(b"x" * length)

    with pytest.raises(UnusableRoot, match=f"must hold 32 bytes; it holds {length}"):
        root.read_root(path)
    with pytest.raises(UnusableRoot):
        root.make_root(path)
    assert path.read_bytes() == b"x" * length


def test_a_root_that_cannot_be_read_or_made_is_said(path, tmp_path):
    with pytest.raises(UnusableRoot, match="cannot be read"):
        root.read_root(path)
    (tmp_path / "file").touch()
    with pytest.raises(UnusableRoot, match="cannot be made"):
        root.make_root(tmp_path / "file" / "root_key")


def test_while_it_is_replaced_each_root_is_found_at_every_step(path):
    old = root.make_root(path)
    new = root.make_root(root.next_to(path))
    both = {fingerprint(old): old, fingerprint(new): new}
    assert {name: root.find_root(path, name) for name in both} == both

    kept = root.replace_root(path)

    assert {name: root.find_root(path, name) for name in both} == both
    assert (path.read_bytes(), kept.read_bytes()) == (new, old)
    assert names(path) == ["root_key", f"root_key.{fingerprint(old)}"]
    kept.unlink()
    with pytest.raises(UnusableRoot, match="is not the one that the key store was made with"):
        root.find_root(path, fingerprint(old))


def test_a_replacement_that_was_cut_off_after_the_old_root_was_kept_goes_on(path):
    old = root.make_root(path)
    new = root.make_root(root.next_to(path))
    root.kept_beside(path, fingerprint(old)).hardlink_to(path)

    root.replace_root(path)

    assert (path.read_bytes(), root.kept_beside(path, fingerprint(old)).read_bytes()) == (new, old)
