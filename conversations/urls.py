"""The addresses of conversations: pages for people, and the API."""

from django.urls import path

from conversations import views
from conversations.api import ConversationViewSet, EventsViewSet, MessageViewSet

pages = [
    path("today/", views.today, name="today"),
    path("clients/", views.clients, name="clients"),
]
app_name = "conversations"
urlpatterns = [
    path(
        "clients/<str:client_id>/conversations/",
        ConversationViewSet.as_view({"get": "list", "post": "create"}),
        name="conversation-list",
    ),
    path(
        "conversations/<int:pk>/",
        MessageViewSet.as_view({"get": "retrieve"}),
        name="conversation-detail",
    ),
    path(
        "conversations/<int:pk>/events/",
        EventsViewSet.as_view({"get": "retrieve"}),
        name="conversation-events",
    ),
]
