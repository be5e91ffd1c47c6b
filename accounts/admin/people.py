"""The firm and its people in the back office: who is there, who is invited, who is locked out."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts import lockouts, policies, services
from accounts.admin.back_office import BackOfficeAdmin, opens_to, shown_time
from accounts.forms import InvitationForm, UserForm
from accounts.models import Firm, Lockout, User


@admin.register(Firm)
class FirmAdmin(BackOfficeAdmin):
    list_display = ["name", "created_at"]
    fields = ["name", "created_at"]


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"
    conditions = {
        User.Status.ACTIVE: Q(is_active=True, password_updated_at__isnull=False),
        User.Status.INVITED: Q(is_active=True, password_updated_at__isnull=True),
        User.Status.DEACTIVATED: Q(is_active=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in self.conditions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return queryset.filter(self.conditions[User.Status(state)]) if state in self.conditions else queryset


@admin.register(User)
class UserAdmin(BackOfficeAdmin):
    noun = "user"
    deferred = ["password", "reset_token", "reset_token_expires"]
    list_display = ["email", "name", "role", "state", "last_login", "subscription_tier"]
    list_filter = [StateFilter, "role", "subscription_tier"]
    search_fields = ["email", "first_name__holds", "last_name__holds"]
    ordering = ["email"]
    actions = ["send_link", "release_lockout", "deactivate", "reactivate"]
    readonly_fields = ["email", "state", "last_login", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = visible.annotate(is_locked_out=lockouts.is_locked_out())
        return annotated

    @admin.display(description="name", ordering="last_name")
    def name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="state", ordering="is_active")
    def state(self, user: Any) -> str:
        return f"{user.status.label}, locked out" if user.is_locked_out else str(user.status.label)

    def has_add_permission(self, request: HttpRequest) -> bool:
        by: Any = request.user
        return opens_to(request) and policies.can_manage_users(by, by.firm_id)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        by: Any = request.user
        return opens_to(request) and policies.can_manage_users(by, obj.firm_id if obj else by.firm_id)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["email", "first_name", "last_name", "role"]
        kept = ["first_name", "last_name", "role", "subscription_tier", "subscription_expires"]
        return ["email", *kept, "state", "last_login", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.readonly_fields) if obj else []

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=UserForm if obj else InvitationForm, **kwargs)

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        if change:
            services.change_user(obj, by=request.user, changed=form.changed_data)
        else:
            obj.firm = request.user.firm
            services.invite_user(obj, by=request.user)
            messages.info(request, f"A mail with a link to choose the password is on its way to {obj.email}.")

    @admin.action(description="Send a new link to the selected users", permissions=["change"])
    def send_link(self, request: Any, rows: QuerySet[User]) -> None:
        self.for_each(request, rows, services.order_link, "Links on their way")

    @admin.action(description="Release the lockouts of the selected users", permissions=["change"])
    def release_lockout(self, request: Any, rows: QuerySet[User]) -> None:
        self.for_each(request, rows, services.release_lockout, "Released")

    @admin.action(description="Deactivate the selected users", permissions=["change"])
    def deactivate(self, request: Any, rows: QuerySet[User]) -> None:
        self.for_each(request, rows, services.deactivate_user, "Deactivated")

    @admin.action(description="Reactivate the selected users", permissions=["change"])
    def reactivate(self, request: Any, rows: QuerySet[User]) -> None:
        self.for_each(request, rows, services.reactivate_user, "Reactivated")


@admin.register(Lockout)
class LockoutAdmin(BackOfficeAdmin):
    noun = "lockout"
    list_display = ["account", "address", "failures", "last_try", "ends_at"]
    fields = ["account", "address", "failures", "last_try", "ends_at"]
    readonly_fields = ["account", "address", "failures", "last_try", "ends_at"]
    ordering = ["-attempt_time"]
    actions = ["release"]

    @admin.display(description="account", ordering="username")
    def account(self, lockout: Lockout) -> str:
        return lockout.email

    @admin.display(description="from", ordering="ip_address")
    def address(self, lockout: Lockout) -> str:
        return str(lockout.ip_address)

    @admin.display(description="failed sign-ins", ordering="failures_since_start")
    def failures(self, lockout: Lockout) -> int:
        return int(lockout.failures_since_start)

    @admin.display(description="last of them", ordering="attempt_time")
    def last_try(self, lockout: Lockout) -> str:
        return shown_time(lockout.attempt_time)

    @admin.display(description="ends by itself", ordering="attempt_time")
    def ends_at(self, lockout: Lockout) -> str:
        return shown_time(lockout.ends_at)

    def has_release_permission(self, request: HttpRequest) -> bool:
        by: Any = request.user
        return opens_to(request) and policies.can_manage_users(by, by.firm_id)

    @admin.action(description="Release the selected lockouts", permissions=["release"])
    def release(self, request: Any, rows: QuerySet[Lockout]) -> None:
        """Release each account once: that ends its lockouts from all addresses."""
        accounts = rows.order_by("username", "-attempt_time").distinct("username")
        self.for_each(request, accounts, services.release_lockout, "Released")
