"""The addresses of accounts: pages for people, and the API."""

from django.urls import path

from accounts import views
from accounts.api.audit import AuditViewSet
from accounts.api.auth import CsrfView, MeView, PasswordView, SignInView, SignOutView
from accounts.api.tokens import TokenViewSet
from accounts.api.users import UserViewSet

pages = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="account-password"),
    path("account/tokens/", views.create_token, name="account-tokens"),
    path("account/tokens/<int:pk>/revoke/", views.revoke_token, name="account-token-revoke"),
    path("firm/", views.firm, name="firm"),
    path("reset/", views.reset, name="reset"),
    path("reset/<str:token>/", views.reset_set, name="reset-set"),
    path("admin/login/", views.back_office_sign_in),
    path("admin/logout/", views.sign_out),
]
VERBS = {
    "deactivate": "deactivate",
    "reactivate": "reactivate",
    "send-link": "send_link",
    "release-lockout": "release_lockout",
}
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
