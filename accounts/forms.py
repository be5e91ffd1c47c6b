"""The forms in which people sign in, choose passwords and tokens, and are invited and changed."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import ApiToken, User
from accounts.passwords import ADDRESS_LENGTH_MOST, LENGTH_MOST, TYPED_LENGTH_MOST
from lexai.errors import DomainError, NotAcceptable


class Refusable(forms.BaseForm):
    """A form that comes back as it was sent, with the sentence of the refusal above it."""

    refusal: DomainError | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        if self.refusal:
            raise ValidationError(str(self.refusal))
        return cleaned


class RefusableForm(Refusable, forms.ModelForm):
    """The same of a model."""


class PageForm(Refusable, forms.Form):
    """The form of a page; a refusal that names its fields stands beside them."""

    def clean(self) -> dict[str, Any] | None:
        errors = self.refusal.errors if isinstance(self.refusal, NotAcceptable) else {}
        if errors and set(errors) <= set(self.fields):
            raise ValidationError({field: list(sentences) for field, sentences in errors.items()})
        return super().clean()


class InvitationForm(RefusableForm):
    """Whom to invite; they choose their password themselves."""

    email = forms.EmailField(
        max_length=120, help_text="A link goes there, with which the password is chosen."
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["email", "first_name", "last_name", "role"]


class UserForm(RefusableForm):
    """What an administrator may change of a person."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = [
            "first_name",
            "last_name",
            "role",
            "subscription_tier",
            "subscription_expires",
        ]


def _typed_password(label: str, autocomplete: str, length_most: int) -> forms.CharField:
    entry = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=length_most, strip=False, widget=entry)


class SignInForm(PageForm):
    """Who signs in."""

    email = forms.CharField(
        label="E-mail address",
        max_length=ADDRESS_LENGTH_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _typed_password("Password", "current-password", TYPED_LENGTH_MOST)


class LostPasswordForm(PageForm):
    """Who lost the password."""

    email = forms.CharField(
        label="E-mail address",
        max_length=ADDRESS_LENGTH_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class NewPasswordForm(PageForm):
    """The password that a link lets somebody choose."""

    new = _typed_password("New password", "new-password", LENGTH_MOST)


class PasswordForm(PageForm):
    """The password as it is, and as it shall be."""

    current = _typed_password("Current password", "current-password", TYPED_LENGTH_MOST)
    new = _typed_password("New password", "new-password", LENGTH_MOST)


class TokenForm(PageForm):
    """A token to be created."""

    name = forms.CharField(label="What is the token for?", max_length=100)
    scope = forms.ChoiceField(label="It may", choices=ApiToken.Scope.choices)
    days = forms.IntegerField(label="Days until it expires", min_value=1, max_value=366, initial=90)
    ends_with_password = forms.BooleanField(
        label="It ends when I change my password", required=False, initial=True
    )
