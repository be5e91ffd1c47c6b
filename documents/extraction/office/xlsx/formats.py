"""Show the numbers of a sheet as its number formats do (ECMA-376, part 1, 18.8.30 and 18.8.31)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

GENERAL = "General"
# What a number means is not to hang on where it is read: dates of the reader's own country are shown as ISO 8601.
_ISO_DATE, _ISO_MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "#,##0;-#,##0",
    6: "#,##0;-#,##0",
    7: "#,##0.00;-#,##0.00",
    8: "#,##0.00;-#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: _ISO_DATE,
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: _ISO_MOMENT,
    **dict.fromkeys((*range(27, 37), *range(50, 59)), _ISO_DATE),
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: "#,##0;-#,##0",
    42: "#,##0;-#,##0",
    43: "#,##0.00;-#,##0.00",
    44: "#,##0.00;-#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
_CODE_LIMIT = 255  # that of Excel
_DIGITS_LIMIT = 30
_DENOMINATOR_LIMIT = 10_000
_NOON = 12
_FIGURES = 2  # the most letters of a date or time that ask for figures; more ask for a name
_MAGNITUDE_LIMIT = 1e15
_SIGNS, _PUNCTUATION = frozenset("-−‐‑–—("), frozenset(".,/%@")
_NAMES = {"d": "%A", "ddd": "%a", "m": "%B", "mmm": "%b"}
_LAST_DAY = 2_958_465  # 9999-12-31
_LEAP_DAY_THAT_NEVER_WAS = 60  # Excel counts 1900-02-29
_DAY_SECONDS = 86_400

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.)
    | _(?P<width>.)
    | \*(?P<fill>.)
    | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General)
    | (?P<half>AM/PM|A/P)
    | (?P<exponent>E[+-])
    | (?P<date>y+|m+|d+|h+|s+|e+|b+)
    | (?P<digit>[0#?])
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_COMPARED = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a number format: its kind is a group of _TOKEN; literal text is "quoted"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of the up to four parts of a format, and when it is the one that counts."""

    tokens: tuple[Token, ...]
    comparison: str = ""
    limit: float = 0.0

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "half", "elapsed") for token in self.tokens)


def shown(number: float, code: str, *, is_1904: bool) -> str:
    """Show a number by the code of its format; plainly where the code says nothing that is known here."""
    sections = _sections(code)
    if not sections:
        return plain(number)
    section, is_signed = _chosen(sections, number)
    if section is None:
        return plain(number)
    if section.is_date:
        return _moment(number, section, is_1904=is_1904)
    if abs(number) >= _MAGNITUDE_LIMIT or not section.tokens:
        return plain(number)
    if any(token.kind == "general" for token in section.tokens):
        around = [plain(abs(number)) if token.kind == "general" else token.text for token in section.tokens]
        return ("-" if is_signed and number < 0 else "") + "".join(around)
    text = _number(abs(number), section)
    is_zero = not any(sign in text for sign in "123456789")
    return f"-{text}" if is_signed and number < 0 and not is_zero else text


def plain(number: float) -> str:
    """Show a number without a format, and without the noise of binary fractions."""
    if number == int(number) and abs(number) < _MAGNITUDE_LIMIT:
        return str(int(number))
    return f"{number:.15g}".replace("e", "E")


@lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[Section, ...]:
    if not code or len(code) > _CODE_LIMIT or code.lower() == GENERAL.lower():
        return ()
    parts: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = str(match.lastgroup)
        if match[0] == ";":
            parts.append([])
        else:
            parts[-1].append(Token(kind, match[kind]))
    return tuple(_section(part) for part in parts[:4])


def _section(tokens: list[Token]) -> Section:
    kept: list[Token] = []
    comparison, limit = "", 0.0
    for token in tokens:
        if token.kind == "bracket":
            condition = _CONDITION.fullmatch(token.text)
            if condition:
                comparison, limit = condition[1], float(condition[2])
            kept += _of_bracket(token.text)
        elif token.kind == "width":
            kept += [] if token.text in "()-" else [Token("quoted", " ")]
        elif token.kind == "escaped":
            kept.append(Token("quoted", token.text))
        elif token.kind != "fill":
            kept.append(token)
    return Section(tuple(kept), comparison, limit)


def _of_bracket(text: str) -> list[Token]:
    if text.startswith("$"):
        currency = text[1:].partition("-")[0]
        return [Token("quoted", currency)] if currency else []
    if text and text.lower() in ("h", "hh", "m", "mm", "s", "ss"):
        return [Token("elapsed", text.lower())]
    return []


def _chosen(sections: tuple[Section, ...], number: float) -> tuple[Section | None, bool]:
    """Return the section for a number, and whether its sign is still to be shown."""
    if any(section.comparison for section in sections[:2]):
        for section in sections[:2]:
            if section.comparison and _COMPARED[section.comparison](number, section.limit):
                return section, True
        return sections[min(2, len(sections) - 1)], True
    if number < 0 and sections[1:]:
        return sections[1], not _tells_the_sign(sections[1], sections[0])
    if number == 0 and sections[2:]:
        return sections[2], False
    return sections[0], True


def _tells_the_sign(negative: Section, positive: Section) -> bool:
    """Tell whether a section for negative numbers shows a sign, brackets or words, and not a colour alone."""
    marks = _marks(negative)
    return not marks.isdisjoint(_SIGNS) or not marks <= _marks(positive)


def _marks(section: Section) -> set[str]:
    return {
        mark
        for token in section.tokens
        if token.kind in ("quoted", "other")
        for mark in token.text
        if not mark.isspace() and (token.kind == "quoted" or mark not in _PUNCTUATION)
    }


# Numbers


def _number(number: float, section: Section) -> str:
    tokens = list(section.tokens)
    if any(token.kind == "exponent" for token in tokens):
        return _scientific(number, tokens)
    if any(token.text == "/" and token.kind == "other" for token in tokens):
        return _fraction(number, tokens)
    if not any(token.kind == "digit" for token in tokens):
        return "".join(plain(number) if _is(token, "@") else token.text for token in tokens)
    exact = _exact(number)
    exact *= Decimal(100) ** sum(_is(token, "%") for token in tokens)
    tokens, thousands, scale = _without_commas(tokens)
    exact /= Decimal(1000) ** scale
    return _digits(exact, tokens, thousands=thousands)


def _exact(number: float) -> Decimal:
    """Return a number with the fifteen digits that a spreadsheet keeps, before it rounds them as a format asks."""
    return Decimal(f"{number:.15g}")


def _is(token: Token, sign: str) -> bool:
    return token.kind == "other" and token.text == sign


def _without_commas(tokens: list[Token]) -> tuple[list[Token], bool, int]:
    """Take out the commas: between digits they part thousands, after the last they divide by a thousand."""
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    point = next((index for index, token in enumerate(tokens) if _is(token, ".")), len(tokens))
    whole = [index for index in places if index < point] or places
    thousands, scale, kept = False, 0, []
    for index, token in enumerate(tokens):
        if not _is(token, ",") or index < places[0]:
            kept.append(token)
        elif whole[0] < index < whole[-1]:
            thousands = True
        elif index in (whole[-1] + scale + 1, places[-1] + scale + 1):
            scale += 1
        else:
            kept.append(token)
    return kept, thousands, scale


def _digits(exact: Decimal, tokens: list[Token], *, thousands: bool) -> str:
    point = next((index for index, token in enumerate(tokens) if _is(token, ".")), len(tokens))
    places = [token.text for token in tokens[point:] if token.kind == "digit"][:_DIGITS_LIMIT]
    rounded = exact.quantize(Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:f}".partition(".")
    return _whole(whole.lstrip("0"), tokens[:point], thousands=thousands) + _decimals(
        decimals, tokens[point:]
    )


def _whole(digits: str, tokens: list[Token], *, thousands: bool) -> str:
    """Fill the places before the point from the right; the first place takes all digits that are left."""
    left = sum(token.kind == "digit" for token in tokens)
    shown: list[str] = []
    count = 0
    for token in reversed(tokens):
        if token.kind != "digit":
            shown.append(token.text)
            continue
        left -= 1
        taken, digits = (digits[-1:], digits[:-1]) if left else (digits, "")
        for digit in reversed(taken or {"0": "0"}.get(token.text, "")):
            shown.append("," if thousands and count and count % 3 == 0 else "")
            shown.append(digit)
            count += 1
    return "".join(reversed(shown))


def _decimals(digits: str, tokens: list[Token]) -> str:
    places = [token.text for token in tokens if token.kind == "digit"]
    while digits and places[len(digits) - 1 : len(digits)] in (["#"], ["?"]) and digits.endswith("0"):
        digits = digits[:-1]
    shown: list[str] = []
    for token in tokens:
        if token.kind == "digit":
            shown.append(digits[:1])
            digits = digits[1:]
        elif not _is(token, ".") or digits:
            shown.append(token.text)
    return "".join(shown)


def _scientific(number: float, tokens: list[Token]) -> str:
    at = next(index for index, token in enumerate(tokens) if token.kind == "exponent")
    point = next((index for index, token in enumerate(tokens[:at]) if _is(token, ".")), at)
    places = sum(token.kind == "digit" for token in tokens[point:at])
    width = max(1, sum(token.kind == "digit" for token in tokens[at:]))
    mantissa, _, power = f"{number:.{min(places, _DIGITS_LIMIT)}E}".partition("E")
    sign = "-" if power.startswith("-") else "+" if tokens[at].text.endswith("+") else ""
    return f"{mantissa}E{sign}{abs(int(power)):0{min(width, 3)}}"


def _fraction(number: float, tokens: list[Token]) -> str:
    bar = next(index for index, token in enumerate(tokens) if _is(token, "/"))
    below = "".join(token.text for token in tokens[bar + 1 :])
    places = max(1, sum(token.kind == "digit" for token in tokens[bar + 1 :]))
    has_whole = any(
        token.kind == "digit" and any(later.text == " " for later in tokens[index:bar])
        for index, token in enumerate(tokens[:bar])
    )
    whole = int(number) if has_whole else 0
    rest = Fraction(number - whole)
    wanted = below.strip()
    rounded = (
        Fraction(round(rest * int(wanted)), int(wanted))
        if wanted.isdecimal() and 0 < int(wanted) < _DENOMINATOR_LIMIT
        else rest.limit_denominator(10 ** min(places, 4) - 1)
    )
    if has_whole and rounded in (0, 1):
        return str(whole + int(rounded))
    written = f"{rounded.numerator}/{rounded.denominator}"
    return f"{whole} {written}" if whole else written


# Dates and times


def _moment(number: float, section: Section, *, is_1904: bool) -> str:
    seconds_shown = next(
        (len(token.text) for token in section.tokens if token.kind == "date" and token.text[0] in "sS"), 0
    )
    tenths = _fraction_places(section.tokens) if seconds_shown else 0
    total = _exact(number) * _DAY_SECONDS
    total = total.quantize(Decimal(1).scaleb(-tenths), rounding=ROUND_HALF_UP)
    days, seconds = divmod(total, _DAY_SECONDS)
    if not 0 <= days <= _LAST_DAY - (1_462 if is_1904 else 0):
        return plain(number)
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zone
    day = int(days)
    if not is_1904 and day < _LEAP_DAY_THAT_NEVER_WAS:
        day += 1
    moment = start + timedelta(days=day, seconds=float(seconds))
    return _Clock(moment, total, section.tokens).shown()


def _fraction_places(tokens: tuple[Token, ...]) -> int:
    for index, token in enumerate(tokens):
        if _is(token, ".") and index and tokens[index - 1].text.lower() in ("s", "ss"):
            after = [later.kind == "digit" for later in tokens[index + 1 :]]
            return min(3, after.index(False) if False in after else len(after))
    return 0


class _Clock:
    """A moment as the pieces of a format show it."""

    def __init__(self, moment: datetime, seconds: Decimal, tokens: tuple[Token, ...]) -> None:
        self._moment, self._seconds, self._tokens = moment, int(seconds), tokens
        self._is_half = any(token.kind == "half" for token in tokens)
        self._places = _fraction_places(tokens)

    def shown(self) -> str:
        pieces = [self._piece(index, token) for index, token in enumerate(self._tokens)]
        return "".join(pieces).strip()

    def _piece(self, index: int, token: Token) -> str:
        letters = token.text.lower()
        if token.kind == "elapsed":
            return f"{self._seconds // {'h': 3600, 'm': 60, 's': 1}[letters[0]]:0{len(letters)}}"
        if token.kind == "half":
            half = "AM" if self._moment.hour < _NOON else "PM"
            return half if "m" in letters else half[0]
        if token.kind == "date":
            return self._of_date(index, letters)
        if token.kind == "digit":  # thousandths of a second
            place = sum(earlier.kind == "digit" for earlier in self._tokens[:index])
            return f"{self._moment.microsecond:06}"[place : place + 1] if place < self._places else ""
        return "" if _is(token, "@") else token.text

    def _of_date(self, index: int, letters: str) -> str:
        moment, letter, width = self._moment, letters[0], len(letters)
        if letter in ("y", "e", "b"):
            return f"{moment.year:04}" if width > _FIGURES or letter == "e" else f"{moment.year % 100:02}"
        if letter in ("d", "m") and width > _FIGURES:
            return moment.strftime(_NAMES.get(letters, _NAMES[letter]))[: 1 if letters == "mmmmm" else None]
        hour = (moment.hour % _NOON or _NOON) if self._is_half else moment.hour
        month = moment.minute if self._is_minute(index) else moment.month
        number = {"d": moment.day, "h": hour, "s": moment.second, "m": month}[letter]
        return f"{number:0{min(width, _FIGURES)}}"

    def _is_minute(self, index: int) -> bool:
        """Tell whether an m is one of minutes: it follows hours or stands before seconds."""
        before = [t.text[0].lower() for t in self._tokens[:index] if t.kind in ("date", "elapsed")]
        after = [t.text[0].lower() for t in self._tokens[index + 1 :] if t.kind in ("date", "elapsed")]
        return before[-1:] == ["h"] or after[:1] == ["s"]
