"""The form of a client in the back office."""

from typing import ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget

from accounts.forms import RefusableForm
from clients.models import Client


class ClientForm(RefusableForm):
    """A client as it was when the form was opened: the version tells whether somebody else was first."""

    class Meta:
        model = Client
        fields: ClassVar[list[str]] = [
            "name",
            "case_number",
            "case_type",
            "email",
            "phone",
            "notes",
            "is_restricted",
            "version",
        ]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {
            "email": AdminTextInputWidget,
            "phone": AdminTextInputWidget,
            "version": forms.HiddenInput,
        }
        help_texts: ClassVar[dict[str, str]] = {
            "is_restricted": "Only the members below, and whoever sets this, see the client and all its papers."
        }
