"""The addresses of members; those of clients stand with the app that can delete one."""

from django.urls import path

from clients.api import MemberViewSet

app_name = "clients"
urlpatterns = [
    path(
        "clients/<str:client_id>/members/",
        MemberViewSet.as_view({"get": "list", "post": "create"}),
        name="member-list",
    ),
    path(
        "clients/<str:client_id>/members/<int:user_id>/",
        MemberViewSet.as_view({"delete": "destroy"}),
        name="member-detail",
    ),
]
