"""Read the invitations of calendars (iCalendar, RFC 5545) as people would say them."""

import re

from documents.extraction.cleaning import clean

_LABELS = {
    "METHOD": "Calendar",
    "SUMMARY": "Event",
    "DTSTART": "Begins",
    "DTEND": "Ends",
    "LOCATION": "Place",
    "ORGANIZER": "Organiser",
    "ATTENDEE": "Attendee",
    "RRULE": "Repeats",
    "DESCRIPTION": "Description",
    "COMMENT": "Comment",
}
_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;[^\n:;\"]*(?:\"[^\"\n]*\"[^\n:;\"]*)*)*):([^\n]*)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ESCAPED = re.compile(r"\\([nN,;\\])")
_NAME = re.compile(r';CN="?([^";]+)', re.IGNORECASE)
_ZONE = re.compile(r';TZID="?([^";]+)', re.IGNORECASE)


def invitation(text: str) -> str:
    """Return a line for each property that a reader cares about; the text itself where it holds none."""
    unfolded = re.sub(r"\n[ \t]", "", clean(text))
    lines, is_event = [], False
    for line in unfolded.split("\n"):
        marker = line.strip().upper()
        if marker in ("BEGIN:VEVENT", "BEGIN:VTODO", "END:VEVENT", "END:VTODO"):
            is_event = marker.startswith("BEGIN")
        elif (match := _LINE.fullmatch(line)) and (is_event or match[1].upper() == "METHOD"):
            lines += _said(match[1].upper(), match[2], match[3])
    return "\n".join(lines) or unfolded


def _said(name: str, parameters: str, content: str) -> list[str]:
    if name not in _LABELS or not content.strip():
        return []
    if name in ("DTSTART", "DTEND"):
        content = _moment(content, parameters)
    elif person := _NAME.search(parameters):
        content = f"{person[1]} ({content.removeprefix('mailto:').removeprefix('MAILTO:')})"
    return [f"{_LABELS[name]}: {_ESCAPED.sub(_unescaped, content)}"]


def _unescaped(match: "re.Match[str]") -> str:
    return "\n" if match[1] in "nN" else match[1]


def _moment(content: str, parameters: str) -> str:
    match = _MOMENT.fullmatch(content.strip())
    if not match:
        return content
    day = f"{match[1]}-{match[2]}-{match[3]}"
    if match[4] is None:
        return day
    zone = "UTC" if match[6] else (_ZONE.search(parameters) or ("", ""))[1]
    return f"{day} {match[4]}:{match[5]} {zone}".rstrip()
