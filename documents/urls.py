"""The addresses of clients, documents and search: pages for people, and the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from documents import views
from documents.api import (
    ClientDocumentsViewSet,
    ClientViewSet,
    DocumentEventsViewSet,
    DocumentViewSet,
    SearchViewSet,
)
from documents.uploads import accepts_files

pages = [
    path("clients/<str:client_id>/delete/", views.delete_client, name="client-delete"),
    path("clients/<str:client_id>/documents/", views.papers, name="papers"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/source/", views.source, name="source"),
    path("documents/<int:pk>/retry/", views.retry, name="document-retry"),
    path("documents/<int:pk>/delete/", views.delete, name="document-delete"),
    path("search/", views.search, name="search"),
]
app_name = "documents"
router = SimpleRouter(use_regex_path=False)
router.register("clients", ClientViewSet, basename="client")
urlpatterns = [
    *router.urls,
    path(
        "clients/<str:client_id>/documents/",
        accepts_files(ClientDocumentsViewSet.as_view({"get": "list", "post": "create"})),
        name="document-list",
    ),
    path(
        "clients/<str:client_id>/documents/batch/",
        accepts_files(ClientDocumentsViewSet.as_view({"post": "batch"})),
        name="document-batch",
    ),
    path(
        "clients/<str:client_id>/documents/events/",
        DocumentEventsViewSet.as_view({"get": "retrieve"}),
        name="document-events",
    ),
    path(
        "documents/<int:pk>/",
        DocumentViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="document-detail",
    ),
    path("documents/<int:pk>/file/", DocumentViewSet.as_view({"get": "file"}), name="document-file"),
    path("documents/<int:pk>/text/", DocumentViewSet.as_view({"get": "text"}), name="document-text"),
    path(
        "documents/<int:pk>/pages/<int:number>/",
        DocumentViewSet.as_view({"get": "page"}),
        name="document-page",
    ),
    path(
        "documents/<int:pk>/pages/<int:number>/picture/",
        DocumentViewSet.as_view({"get": "picture"}),
        name="document-picture",
    ),
    path("documents/<int:pk>/retry/", DocumentViewSet.as_view({"post": "retry"}), name="document-retry"),
    path("search/", SearchViewSet.as_view({"get": "find"}), name="search"),
]
