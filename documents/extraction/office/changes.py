"""What is tracked, struck out or hidden in a document, as its reader is told."""

from dataclasses import dataclass

HIDDEN = "Some words of this document are formatted as hidden: they are read too."
STRUCK_OUT = "Text that is struck out was left out (passages: {:,})."


@dataclass(slots=True)
class Changes:
    """How many changes are tracked, of each kind, and passages struck out; and whether words are hidden.

    In every format words that are struck out are left out of the text, lest they be quoted as agreed.
    """

    deletions: int = 0
    insertions: int = 0
    moves: int = 0
    struck_out: int = 0
    has_hidden: bool = False

    def warnings(self) -> list[str]:
        """Return a sentence for each of these that there is."""
        return self._tracked() + struck_out(self.struck_out) + [HIDDEN] * self.has_hidden

    def _tracked(self) -> list[str]:
        counted = ((self.deletions, "deletion"), (self.insertions, "insertion"), (self.moves, "move"))
        said = [f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counted if count]
        if not said:
            return []
        listed = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        verb = "is" if self.deletions + self.insertions + self.moves == 1 else "are"
        sentence = (
            f"{listed} {verb} tracked in this document: what was deleted is left out, and what was inserted or "
            "moved is read where it stands now."
        )
        return [sentence]


def struck_out(passages: int) -> list[str]:
    """Return the sentence about so many passages that are struck out; none where there are none."""
    return [STRUCK_OUT.format(passages)] if passages else []
