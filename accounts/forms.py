"""The forms in which people sign in, choose passwords and tokens, and are invited and changed."""

from datetime import UTC, date, datetime, time
from operator import itemgetter
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import ApiToken, User
from accounts.passwords import ADDRESS_LENGTH_MOST, LENGTH_MOST, TYPED_LENGTH_MOST
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb
from lexai.audit.words import THE_MACHINE, told
from lexai.errors import DomainError, NotAcceptable
from lexai.system import SYSTEM


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


class AtFields(Refusable):
    """The same; a refusal that names fields of the form stands beside them."""

    def clean(self) -> dict[str, Any] | None:
        errors = self.refusal.errors if isinstance(self.refusal, NotAcceptable) else {}
        if errors and set(errors) <= set(self.fields):
            raise ValidationError({field: list(sentences) for field, sentences in errors.items()})
        return super().clean()


class PageForm(AtFields, forms.Form):
    """The form of a page."""


class OnlyChanges(forms.BaseForm):
    """A form that carries beside each field what that said when it was opened.

    So `changed_data` names what was changed in it, and not what somebody else has changed meanwhile.
    """

    _meta: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._meta.fields:
            self.fields[name].show_hidden_initial = True


class InvitationForm(RefusableForm):
    """Whom to invite; they choose their password themselves."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=120,
        help_text="A link goes there, with which the password is chosen.",
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


class InvitationPageForm(AtFields, InvitationForm):
    """The same, on a page."""


class UserPageForm(OnlyChanges, AtFields, UserForm):
    """The same, on a page; when a subscription ends stays with the back office."""

    class Meta(UserForm.Meta):
        fields: ClassVar[list[str]] = ["first_name", "last_name", "role", "subscription_tier"]
        labels: ClassVar[dict[str, str]] = {"subscription_tier": "Subscription"}
        help_texts: ClassVar[dict[str, str]] = {
            "role": "A new role ends this person's sessions and tokens.",
        }


def _typed_password(label: str, autocomplete: str, length_most: int, help_text: str = "") -> forms.CharField:
    entry = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, max_length=length_most, strip=False, widget=entry, help_text=help_text
    )


GOOD_PASSWORD = "At least 8 characters. Several words that do not belong together are best."  # noqa: S105 - advice


class SignInForm(PageForm):
    """Who signs in."""

    email = forms.CharField(
        label="E-mail address",
        max_length=ADDRESS_LENGTH_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _typed_password("Password", "current-password", TYPED_LENGTH_MOST)

    def clean(self) -> dict[str, Any] | None:
        """Clean the form; whoever is refused need only type the password anew."""
        if self.refusal:
            del self.fields["email"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True
        return super().clean()


class LostPasswordForm(PageForm):
    """Who lost the password."""

    email = forms.CharField(
        label="E-mail address",
        max_length=ADDRESS_LENGTH_MOST,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class NewPasswordForm(PageForm):
    """The password that a link lets somebody choose."""

    new = _typed_password("New password", "new-password", LENGTH_MOST, GOOD_PASSWORD)
    ends_tokens = forms.BooleanField(
        label="End my API tokens, too",
        required=False,
        initial=True,
        help_text="Keep this ticked if somebody else may have used your account.",
    )


class NamesForm(PageForm):
    """The own names."""

    first_name = forms.CharField(
        label="First name", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Last name", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )


class ShortcutsForm(PageForm):
    """Whether single keys do something on pages: WCAG 2.1.4 asks for a switch."""

    has_shortcuts = forms.BooleanField(
        label="Use single keys as shortcuts",
        required=False,
        help_text="Turn this off if you dictate, or often press keys by mistake. Tab, Enter, Esc and the arrows "
        "work all the same.",
    )


class PasswordForm(PageForm):
    """The password as it is, and as it shall be."""

    current = _typed_password("Current password", "current-password", TYPED_LENGTH_MOST)
    new = _typed_password("New password", "new-password", LENGTH_MOST, GOOD_PASSWORD)


DEEDS = sorted(((verb.value, told(verb)) for verb in Verb), key=itemgetter(1))


NO_CLIENT_ID = (
    "This is no client's id. It stands in the address of each page of the client, as in client_7h2k9m4q1x."
)


class AuditForm(forms.Form):
    """Which deeds of the audit are wanted; days are those of UTC, as the audit keeps its times."""

    actor = forms.ChoiceField(label="Who", required=False)
    verb = forms.ChoiceField(label="Did what", required=False, choices=[("", "Anything"), *DEEDS])
    client = forms.RegexField(
        r"^client_\w+$",
        label="Client's id",
        required=False,
        max_length=50,
        strip=True,
        error_messages={"invalid": NO_CLIENT_ID},
    )
    since = forms.DateField(
        label="From (UTC)", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(label="To (UTC)", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, asked: Any, *, by: User) -> None:
        super().__init__(asked)
        emails = User.objects.visible_to(by).order_by("email").values_list("email", flat=True)
        actor: Any = self.fields["actor"]
        actor.choices = [
            ("", "Everybody"),
            *((email, email) for email in emails),
            (SYSTEM.email, THE_MACHINE),
        ]

    def clean_until(self) -> date | None:
        """Return the last day that is wanted; it is not before the first."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise ValidationError("This day is before the one in “From”.")
        return until  # type: ignore[no-any-return]  # a field of days returns one

    def narrowed(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Return the events that are wanted; the form is valid."""
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        columns: dict[str, Any] = {name: wanted[name] for name in ("actor", "verb") if name in wanted}
        if "client" in wanted:
            columns["client_ids__contains"] = [wanted["client"]]
        if "since" in wanted:
            columns["occurred_at__gte"] = datetime.combine(wanted["since"], time.min, UTC)
        if "until" in wanted:
            columns["occurred_at__lte"] = datetime.combine(wanted["until"], time.max, UTC)
        return events.filter(**columns)


class TokenForm(PageForm):
    """A token to be created."""

    name = forms.CharField(label="What is the token for?", max_length=100)
    scope = forms.ChoiceField(label="It may", choices=ApiToken.Scope.choices)
    days = forms.IntegerField(label="Days until it expires", min_value=1, max_value=366, initial=90)
    ends_with_password = forms.BooleanField(
        label="It ends when I change my password", required=False, initial=True
    )
