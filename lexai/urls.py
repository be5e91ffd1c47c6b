"""Every address of the product."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from lexai.operations import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
]
