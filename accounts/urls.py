"""The addresses of accounts: pages for people, and the API."""

from django.urls import path

from accounts.api.audit import AuditViewSet
from accounts.api.auth import CsrfView, MeView, PasswordView, SignInView, SignOutView
from accounts.api.tokens import TokenViewSet
from accounts.api.users import UserViewSet
from accounts.views import audit, firm, own, sign_in

VERBS = {
    "deactivate": "deactivate",
    "reactivate": "reactivate",
    "send-link": "send_link",
    "release-lockout": "release_lockout",
}
pages = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("reset/", sign_in.reset, name="reset"),
    path("reset/<str:token>/", sign_in.reset_set, name="reset-set"),
    path("admin/login/", sign_in.back_office_sign_in),
    path("admin/logout/", sign_in.sign_out),
    path("account/", own.account, name="account"),
    path("account/names/", own.change_names, name="account-names"),
    path("account/shortcuts/", own.change_shortcuts, name="account-shortcuts"),
    path("account/password/", own.change_password, name="account-password"),
    path("account/sessions/end-others/", own.end_other_sessions, name="account-sessions-end"),
    path("account/sessions/<str:reference>/end/", own.end_session, name="account-session-end"),
    path("account/tokens/", own.create_token, name="account-tokens"),
    path("account/tokens/<int:pk>/revoke/", own.revoke_token, name="account-token-revoke"),
    path("firm/", firm.people, name="firm"),
    path("firm/users/new/", firm.invite, name="firm-invite"),
    path("firm/users/<int:pk>/", firm.person, name="firm-person"),
    *[
        path(f"firm/users/<int:pk>/{verb}/", firm.act, {"verb": name}, name=f"firm-{verb}")
        for verb, name in VERBS.items()
    ],
    path("firm/audit/", audit.listed, name="firm-audit"),
    path("firm/audit/export/", audit.exported, name="firm-audit-export"),
    path("firm/usage/", firm.used, name="firm-usage"),
]
app_name = "accounts"
urlpatterns = [
    path("audit/", AuditViewSet.as_view({"get": "list"}), name="audit-list"),
    path(
        "audit/export/", AuditViewSet.as_view({"get": "export"}, pagination_class=None), name="audit-export"
    ),
    path("auth/csrf/", CsrfView.as_view(), name="csrf"),
    path("auth/login/", SignInView.as_view(), name="login"),
    path("auth/logout/", SignOutView.as_view(), name="logout"),
    path("auth/me/", MeView.as_view(), name="me"),
    path("auth/password/", PasswordView.as_view(), name="password"),
    path("auth/tokens/", TokenViewSet.as_view({"get": "list", "post": "create"}), name="token-list"),
    path("auth/tokens/<int:pk>/", TokenViewSet.as_view({"delete": "destroy"}), name="token-detail"),
    path("users/", UserViewSet.as_view({"get": "list", "post": "create"}), name="user-list"),
    path(
        "users/<int:pk>/",
        UserViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="user-detail",
    ),
    *[
        path(f"users/<int:pk>/{verb}/", UserViewSet.as_view({"post": name}), name=f"user-{verb}")
        for verb, name in VERBS.items()
    ],
]
