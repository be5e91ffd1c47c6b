"""Write a number as the numbering of a document shows it."""

from collections.abc import Callable

_ROMAN = [
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
]
_ROMAN_LIMIT = 3_999
_LETTER_LIMIT = 26 * 30
_HUNDRED, _WORDS_LIMIT = 100, 1_000
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_SIGNS = "*†‡§"


def roman(number: int) -> str:
    """Write a number in small Roman numerals; in digits where they have no way to write it."""
    if not 0 < number <= _ROMAN_LIMIT:
        return str(number)
    written = ""
    for worth, letters in _ROMAN:
        count, number = divmod(number, worth)
        written += letters * count
    return written


def letters(number: int) -> str:
    """Write a number as a, b ... z, aa, bb ... as Word does; in digits beyond thirty rounds of the alphabet."""
    if not 0 < number <= _LETTER_LIMIT:
        return str(number)
    count, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (count + 1)


def columns(number: int) -> str:
    """Write a number as a, b ... z, aa, ab ... as the columns of a sheet are named; in digits below 1."""
    if number < 1:
        return str(number)
    written = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        written = chr(ord("a") + place) + written
    return written


def ordinal(number: int) -> str:
    """Write a number as 1st, 2nd, 3rd."""
    ending = "th" if number % 100 in range(10, 21) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def words(number: int) -> str:
    """Write a number below one thousand in English words, others in digits."""
    if not 0 <= number < _WORDS_LIMIT:
        return str(number)
    if number < len(_ONES):
        return _ONES[number]
    if number < _HUNDRED:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, _HUNDRED)
    return f"{_ONES[hundreds]} hundred" + (f" {words(rest)}" if rest else "")


def ordinal_words(number: int) -> str:
    """Write a number below one thousand as an English ordinal in words, others as 1000th."""
    if not 0 <= number < _WORDS_LIMIT:
        return ordinal(number)
    written = words(number)
    start, last = (
        written[: -len(written.replace("-", " ").split()[-1])],
        written.replace("-", " ").split()[-1],
    )
    regular = last.removesuffix("y") + "ieth" if last.endswith("y") else f"{last}th"
    return start + _ORDINALS.get(last, regular)


def signs(number: int) -> str:
    """Write a number as *, †, ‡, §, **, †† ..."""
    if not 0 < number <= len(_SIGNS) * 30:
        return str(number)
    count, place = divmod(number - 1, len(_SIGNS))
    return _SIGNS[place] * (count + 1)


# By the names of ECMA-376, part 1, 17.18.59; what is missing is written in digits.
_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerColumn": columns,  # this and the next by a name of ours: Word has no such format
    "upperColumn": lambda number: columns(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "ordinal": ordinal,
    "cardinalText": lambda number: words(number).capitalize(),
    "ordinalText": lambda number: ordinal_words(number).capitalize(),
    "decimalZero": lambda number: f"{number:02}",
    "numberInDash": lambda number: f"- {number} -",
    "chicago": signs,
    "hex": lambda number: f"{number:X}",
    "none": lambda _number: "",
}


def is_known(number_format: str) -> bool:
    """Tell whether a number format is written as it is; others are written in digits."""
    is_in_digits = number_format.startswith("decimal")  # of whatever width, or in circles
    return is_in_digits or number_format in _FORMATS or number_format in ("custom", "bullet", "")


def written(number: int, number_format: str) -> str:
    """Write a number in one of Word's number formats, or those of ours."""
    return _FORMATS.get(number_format, str)(number)


def alone(number: str) -> str:
    """Return what a numbered paragraph without words shows: its number, but not a mere bullet."""
    return number.strip() if any(map(str.isalnum, number)) else ""
