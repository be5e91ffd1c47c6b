"""What is tracked in a document, as its reader is told."""

from dataclasses import dataclass


@dataclass(slots=True)
class Changes:
    """How many changes are tracked, of each kind."""

    deletions: int = 0
    insertions: int = 0
    moves: int = 0

    def warnings(self) -> list[str]:
        """Return one sentence where anything is tracked."""
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
