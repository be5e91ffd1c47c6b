"""Whole numbers in addresses."""

ID_MOST = 2**63 - 1  # of a row


def whole_number(given: str, *, most: int = ID_MOST) -> int | None:
    """Return the number that is written in digits; None for anything else, and for one above `most`."""
    is_number = given.isascii() and given.isdecimal() and len(given) <= len(str(most))
    return int(given) if is_number and int(given) <= most else None
