"""Which browser a session runs in, in plain words."""

import re

UNKNOWN = "An unknown browser"
# The first that is found counts: nearly every browser also claims to be those that stand further down.
NAMES = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/|Opera": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"Firefox/|FxiOS/": "Firefox",
    r"Chrome/|CriOS/|Chromium/": "Chrome",
    r"Version/.*Safari/": "Safari",
}
SYSTEMS = {
    r"iPhone": "an iPhone",
    r"iPad": "an iPad",
    r"Android": "Android",
    r"Windows": "Windows",
    r"Macintosh|Mac OS X": "a Mac",
    r"CrOS": "ChromeOS",
    r"Linux": "Linux",
}


def browser_of(user_agent: str) -> str:
    """Return words such as `Firefox on Linux`; nothing of what the caller wrote is repeated."""
    name, system = _first(NAMES, user_agent), _first(SYSTEMS, user_agent)
    if not name:
        return f"{UNKNOWN} on {system}" if system else UNKNOWN
    return f"{name} on {system}" if system else name


def _first(patterns: dict[str, str], text: str) -> str:
    return next((words for pattern, words in patterns.items() if re.search(pattern, text)), "")
