"""The forms of the page on which people ask."""

from typing import Any

from django import forms

from accounts.forms import PageForm
from conversations.models import KEY_MOST


class KeyField(forms.IntegerField):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=KEY_MOST, **options)


class KeysField(forms.Field):
    """The numbers of several rows."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        return [int(KeyField().clean(one)) for one in value or []]


class QuestionForm(PageForm):
    """What is asked, and the documents that the question is limited to; the service says what a question is."""

    content = forms.CharField(
        label="Your question",
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "enterkeyhint": "send"}),
    )
    documents = KeysField(required=False)
    sent_as = forms.UUIDField(required=False, widget=forms.HiddenInput)
    again = forms.BooleanField(
        required=False, widget=forms.HiddenInput
    )  # beside the composer, which stays as it is


class TitleForm(PageForm):
    """The title of a thread."""

    title = forms.CharField(label="Title", required=False)


class AskedFor(forms.Form):
    """What an address asks for beside the thread: a question to edit, exchanges before one, documents to choose."""

    edit = KeyField(required=False)
    before = KeyField(required=False)
    documents = KeysField(required=False)
    named = forms.CharField(required=False, max_length=255)
