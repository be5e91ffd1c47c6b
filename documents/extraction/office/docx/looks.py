"""How a run of a Word document looks, as far as that tells what stands in it: struck out, or hidden."""

from dataclasses import dataclass

from documents.extraction import office
from documents.extraction.office import Element


@dataclass(slots=True)
class Look:
    """What a run or a style says itself; None where it says nothing."""

    style: str = ""  # of characters, which a run names
    strike: bool | None = None
    double_strike: bool | None = None
    vanish: bool | None = None

    def note(self, name: str, element: Element) -> None:
        """Keep what a property says of these."""
        if name == "strike":
            self.strike = office.is_on(element)
        elif name == "dstrike":
            self.double_strike = office.is_on(element)
        elif name == "vanish":
            self.vanish = office.is_on(element)
        elif name == "rStyle":
            self.style = office.value(element)

    def over(self, base: "Look") -> "Look":
        """Return this look with what it leaves open as another one says."""
        return Look(
            self.style,
            base.strike if self.strike is None else self.strike,
            base.double_strike if self.double_strike is None else self.double_strike,
            base.vanish if self.vanish is None else self.vanish,
        )

    def within(self, characters: "Look", paragraph: "Look") -> "Look":
        """Return this look of a run in styles of characters and of a paragraph.

        What both styles switch on is off (ECMA-376, part 1, 17.7.3), but for two lines through a word.
        """
        toggled = Look(
            "",
            bool(characters.strike) ^ bool(paragraph.strike),
            characters.over(paragraph).double_strike,
            bool(characters.vanish) ^ bool(paragraph.vanish),
        )
        return self.over(toggled)

    @property
    def is_struck_out(self) -> bool:
        return bool(self.strike or self.double_strike)
