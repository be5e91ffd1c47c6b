"""What is taken out of every text before its offsets are counted."""

import re
import unicodedata

# PostgreSQL stores no U+0000, UTF-8 no surrogates; tag characters hide orders to language models, and what has no
# width breaks words unseen. Joiners (U+200C, U+200D) stay: Persian and Hindi are spelled with them.
_UNWANTED = re.compile("[\\x00\\u200b\\u2060-\\u2064\\ufeff\\ud800-\\udfff\\U000e0000-\\U000e007f]")
# Latin, Armenian, Hebrew and Arabic; not U+FDFA and U+FDFB, which stand for whole sentences.
_PRESENTATION_FORMS = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdf9\ufdfc\ufe70-\ufefc]+")


def clean(text: str) -> str:
    """Drop U+0000, lone surrogates, tag characters and what has no width; end every line with U+000A."""
    return _UNWANTED.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def unligated(text: str) -> str:
    """Return the letters that ligatures and presentation forms stand for; a mark that stands alone stays a mark."""
    return _PRESENTATION_FORMS.sub(_letters, text)


def _letters(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0]).replace(" ", "")
