"""The forms of a client: in the back office, and on its own pages."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.forms import AtFields, OnlyChanges, PageForm, RefusableForm
from accounts.models import User
from clients.models import Client
from lexai.errors import DomainError

MINE, THEIRS = "mine", "theirs"


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


class NewClientForm(AtFields, forms.ModelForm):
    """What is known of a client."""

    class Meta:
        model = Client
        fields: ClassVar[list[str]] = ["name", "case_number", "case_type", "email", "phone", "notes"]
        labels: ClassVar[dict[str, str]] = {
            "case_type": "Type of case",
            "email": "E-mail address",
            "phone": "Telephone",
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "name": {"required": Client._meta.get_field("name").error_messages["blank"]}
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "case_number": forms.TextInput(attrs={"autocomplete": "off"}),
            "case_type": forms.TextInput(attrs={"autocomplete": "off", "list": "case-types"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
            "notes": forms.Textarea(attrs={"rows": 8}),
        }

    def __init__(self, *args: Any, refusal: DomainError | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal, self.label_suffix = refusal, ""
        for field in self.fields.values():
            field.widget.attrs.pop(
                "maxlength", None
            )  # browsers would cut off what is pasted, and say nothing

    def clean_notes(self) -> str | None:
        """Return the notes with one kind of line end, whatever browser sent them."""
        notes: str | None = self.cleaned_data["notes"]
        return notes and notes.replace("\r\n", "\n")

    def entries(self) -> Iterator["Entry"]:
        """Yield what the page shows of each field."""
        for field in self.visible_fields():
            yield Entry(field)


@dataclass(frozen=True)
class Entry:
    """A field of a client on its page and, where somebody else changed it meanwhile, what it says now."""

    field: forms.BoundField
    theirs: str | None = None
    kept: str = MINE


class CaseForm(OnlyChanges, NewClientForm):
    """A client as it was when the form was opened; by the version whoever comes second is told, and chooses."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    @classmethod
    def against(cls, client: Client, sent: QueryDict, refusal: DomainError) -> Self:
        """Return the form as it was sent, beside what somebody else has saved meanwhile."""
        was, now = cls(sent), cls(instance=client)
        data = sent.copy()
        data["version"] = str(client.version)
        for name in cls.base_fields.keys() - {"version"}:
            theirs = _text(now.initial[name])
            data[f"initial-{name}"] = theirs
            if _text(data.get(name)) != theirs:
                data[f"keep-{name}"] = MINE if name in was.changed_data else THEIRS
        return cls(data, instance=client, refusal=refusal)

    def wanted(self) -> set[str]:
        """Return the fields to be saved: those that were changed here, but where the other version is preferred."""
        fields = {name for name in self.changed_data if name != "version"}
        return {name for name in fields if self.data.get(f"keep-{name}") != THEIRS}

    def entries(self) -> Iterator[Entry]:
        for field in self.visible_fields():
            kept = self.data.get(f"keep-{field.name}")
            if kept in {MINE, THEIRS}:
                yield Entry(field, _text(self.data.get(f"initial-{field.name}")), kept)
            else:
                yield Entry(field)

    @property
    def has_two_versions(self) -> bool:
        return any(entry.theirs is not None for entry in self.entries())


def _text(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


class PersonField(forms.ModelChoiceField):
    """One colleague, by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(part for part in (obj.get_full_name(), obj.email) if part)


class PeopleField(PersonField, forms.ModelMultipleChoiceField):
    """Colleagues, by name and address."""


class RestrictionForm(PageForm):
    """Who shall see a client beside whoever restricts it."""

    members = PeopleField(
        None,
        label="Also these colleagues",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["members"].queryset = people  # type: ignore[attr-defined]  # what choices come from


class MemberForm(PageForm):
    """Whom to let see a restricted client."""

    member = PersonField(None, label="Colleague", empty_label="Choose a colleague")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["member"].queryset = people  # type: ignore[attr-defined]  # what choices come from


class NameForm(PageForm):
    """The name of the client, to be typed by whoever is about to delete it."""

    name = forms.CharField(
        label="Name of the client",
        max_length=Client._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._client = client

    def clean_name(self) -> str:
        """Return the name as it was typed; spaces and capitals do not matter."""
        typed: str = self.cleaned_data["name"]
        if _compared(typed) != _compared(self._client.name):
            raise ValidationError("This is not the name of the client. Nothing was deleted.")
        return typed


def _compared(name: str) -> list[str]:
    return unicodedata.normalize("NFC", name).casefold().split()
