"""What is taken out of every text before its offsets are counted."""

import re

# PostgreSQL stores no U+0000, UTF-8 no surrogates, and tag characters hide orders to language models.
_UNWANTED = re.compile("[\\x00\\ud800-\\udfff\\U000e0000-\\U000e007f]")


def clean(text: str) -> str:
    """Drop U+0000, lone surrogates and invisible tag characters; end every line with U+000A."""
    return _UNWANTED.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
