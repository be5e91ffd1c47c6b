"""What templates of every app write alike: icons, moments, sizes."""

from datetime import datetime
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return a drawing of the icons' file; the words beside it say what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("lexai/icons.svg"), name
    )


@register.simple_tag
def moment(value: datetime | None, otherwise: str = "") -> SafeString | str:
    """Return a moment in UTC that `workplace.js` turns into the reader's own time, exact on hover."""
    if value is None:
        return otherwise
    utc = localtime(value)
    told = f"{utc:%d %b %Y, %H:%M}"
    # nothing of it is anybody's text: to escape it would take longer than to make it
    return SafeString(
        f'<time datetime="{utc.isoformat(timespec="seconds")}" title="{utc:%d %B %Y, %H:%M:%S} UTC">{told}</time>'
    )
