"""The addresses of clients, documents and search."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from documents.api import ClientDocumentsViewSet, ClientViewSet, DocumentViewSet, SearchViewSet
from documents.uploads import accepts_files

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
        "documents/<int:pk>/",
        DocumentViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="document-detail",
    ),
    path("documents/<int:pk>/file/", DocumentViewSet.as_view({"get": "file"}), name="document-file"),
    path("documents/<int:pk>/text/", DocumentViewSet.as_view({"get": "text"}), name="document-text"),
    path("documents/<int:pk>/retry/", DocumentViewSet.as_view({"post": "retry"}), name="document-retry"),
    path("search/", SearchViewSet.as_view({"get": "find"}), name="search"),
]
