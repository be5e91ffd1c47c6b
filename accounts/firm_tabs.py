"""The views of the firm, for the templates."""

from typing import Any

from django.urls import reverse

TABS = {"People": "firm", "Audit": "firm-audit", "Usage": "firm-usage"}


def firm_words(tab: str) -> dict[str, Any]:
    """Return what the head of every page of the firm shows."""
    tabs = [(name, reverse(route)) for name, route in TABS.items()]
    return {"tabs": tabs, "view_tab": tab, "view_place": "Firm"}
