"""The forms of the pages of papers."""

from django import forms

from documents.passwords import PASSWORD_CHARACTERS_MOST
from documents.services import QUESTION_CHARACTERS_MOST

LEAST_CHARACTERS = 2


class SearchForm(forms.Form):
    """What is looked for in all papers, or in those of one client.

    The address of a further part says where to go on, and how much was found before.
    """

    q = forms.CharField(
        required=False,
        min_length=LEAST_CHARACTERS,
        max_length=QUESTION_CHARACTERS_MOST,
        error_messages={
            "min_length": "Write at least two letters.",
            "max_length": "These are more words than a search can take. Write at most 1,000 characters.",
        },
    )
    client = forms.CharField(required=False, max_length=50)
    cursor = forms.CharField(required=False, max_length=500)
    found = forms.IntegerField(required=False, min_value=0)


class RetryForm(forms.Form):
    """What may help to read a paper that was refused, and whether that is asked where it is leafed through."""

    password = forms.CharField(required=False, strip=False, max_length=PASSWORD_CHARACTERS_MOST)
    in_viewer = forms.BooleanField(required=False)
