"""The numbers of footnotes and endnotes, in the order in which a text cites them."""

from collections import ChainMap

from documents.extraction.office import numerals

_FOOTNOTE = "footnote"
_UNCITED = 2**31


class Notes:
    """The citations of a document by the kind and the identifier of the note: their places and marks.

    A mark is [1] of a footnote and [i] of an endnote, so that two notes of one number are told apart. A note with a
    mark of the author's own takes no number: that mark stands in the text.
    """

    def __init__(self) -> None:
        self.cited: ChainMap[tuple[str, str], tuple[int, str]] = ChainMap()
        self.counts: dict[str, int] = {}
        self.places = 0

    def branch(self) -> "Notes":
        """Return notes that count on from here, and leave these as they are."""
        branch = Notes()
        branch.cited = self.cited.new_child()
        branch.counts, branch.places = dict(self.counts), self.places
        return branch

    def merge(self, branch: "Notes") -> None:
        """Count on from where a branch of these has counted to."""
        self.cited.update(branch.cited.maps[0])
        self.counts, self.places = branch.counts, branch.places

    def cite(self, kind: str, identifier: str, *, has_mark: bool) -> str:
        """Return the mark of a note where it is cited; nothing where the text has one."""
        if (kind, identifier) not in self.cited:
            self.counts[kind] = self.counts.get(kind, 0) + (not has_mark)
            number = self.counts[kind]
            written = str(number) if kind == _FOOTNOTE else numerals.roman(number)
            self.places += 1
            self.cited[kind, identifier] = self.places, "" if has_mark else f"[{written}]"
        return self.mark(kind, identifier)

    def place(self, kind: str, identifier: str) -> int:
        """Return what orders notes: the place of the citation, after all others where there is none."""
        return self.cited.get((kind, identifier), (_UNCITED, ""))[0]

    def mark(self, kind: str, identifier: str) -> str:
        """Return the mark of a note; nothing where it has none, or is not cited."""
        return self.cited.get((kind, identifier), (_UNCITED, ""))[1]
