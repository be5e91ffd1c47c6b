"""The characters of texts: which can be stored, and which can be seen."""

import re

# control characters, which rewrite a terminal, and those that turn the direction of writing
CONTROL_RANGES = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"  # as Python and JSON Schema both write them
CONTROL = re.compile(f"[{CONTROL_RANGES}]")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# characters of no width (Unicode's Default_Ignorable_Code_Point, as far as they fit in four digits)
UNSEEN_RANGES = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0"
)
SEEN = rf"[^\s{CONTROL_RANGES}{UNSEEN_RANGES}]"


def is_storable(text: str) -> bool:
    """Say whether PostgreSQL can store the text: without U+0000 and lone surrogates."""
    return not UNSTORABLE.search(text)


def storable(text: str) -> str:
    """Return the text with each U+0000 and lone surrogate replaced by U+FFFD."""
    return UNSTORABLE.sub("\ufffd", text)


def harmless(text: str) -> str:
    """Return the text for a terminal: what could rewrite its lines becomes U+FFFD, line ends and tabs stay."""
    return CONTROL.sub(lambda found: found[0] if found[0] in "\n\t" else "\ufffd", storable(text))


def is_visible(text: str) -> bool:
    """Say whether the text shows anything: spaces and characters of no width alone do not."""
    return bool(re.search(SEEN, text))
