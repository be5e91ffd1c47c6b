"""Comments on a text, as they stand below it: who made them, and on which words."""

from collections import ChainMap

ABOUT_LIMIT_CHARACTERS = 100
_OPEN_LIMIT = 50


def remark(text: str, *, author: str, about: str) -> str:
    """Return a comment with its author and the words that it is about, each if it is known."""
    said_by = f" by {author}" if author else ""
    said_on = f" on: {shortened(about)}\n" if about.strip() else ": "
    return f"Comment{said_by}{said_on}{text}"


def shortened(about: str) -> str:
    """Return the beginning of the words that a comment is about, in one line."""
    words = " ".join(about.split())
    return words if len(words) <= ABOUT_LIMIT_CHARACTERS else words[:ABOUT_LIMIT_CHARACTERS].rstrip() + "…"


def before(pieces: list[str]) -> str:
    """Return the last words of a paragraph, as it stands so far, for a comment on no words in particular."""
    found: list[str] = []
    length = 0
    for piece in reversed(pieces):
        found.append(piece[-ABOUT_LIMIT_CHARACTERS:])
        length += len(found[-1])
        if length >= ABOUT_LIMIT_CHARACTERS:
            break
    text = "".join(reversed(found))
    return text if len(text) <= ABOUT_LIMIT_CHARACTERS else text[-ABOUT_LIMIT_CHARACTERS:].partition(" ")[2]


class Ranges:
    """The words that comments are about, as the text between their two ends goes by."""

    def __init__(self) -> None:
        self.about: ChainMap[str, str] = ChainMap()
        self._open: dict[str, int] = {}  # and how many characters it may still take

    def branch(self) -> "Ranges":
        """Return ranges that know what these know, and leave them as they are."""
        branch = Ranges()
        branch.about = self.about.new_child()
        return branch

    def merge(self, branch: "Ranges") -> None:
        """Take over what a branch of these ranges has found."""
        self.about.update(branch.about.maps[0])

    def begin(self, identifier: str) -> None:
        """Follow a comment whose words begin here; of very many at once, only the first."""
        self.about[identifier] = ""
        if len(self._open) >= _OPEN_LIMIT:
            return
        self._open[identifier] = 2 * ABOUT_LIMIT_CHARACTERS

    def end(self, identifier: str) -> None:
        """Leave a comment whose words end here."""
        self._open.pop(identifier, None)

    def add(self, text: str) -> None:
        """Take text that goes by; a comment that has enough is left."""
        for identifier, left in list(self._open.items()):
            self.about[identifier] += text[:left]
            self._open[identifier] = left - len(text)
            if left <= len(text):
                self.end(identifier)
