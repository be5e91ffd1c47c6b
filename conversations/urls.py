"""The addresses of conversations: pages for people, and the API."""

from django.urls import path

from conversations import views
from conversations.api import ConversationViewSet, EventsViewSet, MessageViewSet, ThreadViewSet

pages = [
    path("today/", views.today, name="today"),
    path("clients/", views.clients, name="clients"),
    path("clients/<str:client_id>/", views.client, name="client"),
    path("clients/<str:client_id>/ask/", views.ask, name="ask"),
    path("clients/<str:client_id>/ask/<int:thread_id>/", views.thread, name="thread"),
    path("clients/<str:client_id>/ask/<int:thread_id>/rename/", views.rename_thread, name="thread-rename"),
    path(
        "clients/<str:client_id>/ask/<int:thread_id>/export.docx", views.export_thread, name="thread-export"
    ),
    path("clients/<str:client_id>/ask/<int:thread_id>/print/", views.print_thread, name="thread-print"),
    path("answers/<int:pk>/", views.answer, name="answer"),
    path("answers/<int:pk>/stop/", views.stop_answer, name="answer-stop"),
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
    path("conversations/<int:pk>/stop/", MessageViewSet.as_view({"post": "stop"}), name="conversation-stop"),
    path(
        "clients/<str:client_id>/threads/",
        ThreadViewSet.as_view({"get": "list"}),
        name="thread-list",
    ),
    path(
        "conversations/<int:pk>/events/",
        EventsViewSet.as_view({"get": "retrieve"}),
        name="conversation-events",
    ),
]
