"""The addresses of clients, documents and search."""

from rest_framework.routers import SimpleRouter

from documents.api import ClientViewSet

app_name = "documents"
router = SimpleRouter(use_regex_path=False)
router.register("clients", ClientViewSet, basename="client")
urlpatterns = router.urls
