"""The addresses of members, and the pages of a case; those of clients stand with the app that can delete one."""

from django.urls import path

from clients import views
from clients.api import MemberViewSet

pages = [
    path("clients/new/", views.new, name="client-new"),
    path("clients/<str:client_id>/case/", views.case, name="case"),
    path("clients/<str:client_id>/case/change/", views.change, name="case-change"),
    path("clients/<str:client_id>/case/restrict/", views.restrict, name="case-restrict"),
    path("clients/<str:client_id>/case/unrestrict/", views.unrestrict, name="case-unrestrict"),
    path("clients/<str:client_id>/case/members/", views.add_member, name="case-member-add"),
    path(
        "clients/<str:client_id>/case/members/<int:user_id>/remove/",
        views.remove_member,
        name="case-member-remove",
    ),
    path("clients/<str:client_id>/activity/", views.activity, name="activity"),
]
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
