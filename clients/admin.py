"""Clients in the back office: to be read only."""

from django.contrib import admin

from accounts.admin import BackOfficeAdmin
from clients.models import Client, Member


@admin.register(Client)
class ClientAdmin(BackOfficeAdmin):
    list_display = ["id", "name", "case_number", "case_type", "is_restricted", "updated_at"]
    list_filter = ["is_restricted", "case_type"]
    search_fields = ["id", "name", "case_number"]
    ordering = ["-updated_at", "pk"]


@admin.register(Member)
class MemberAdmin(BackOfficeAdmin):
    list_display = ["client", "user", "added_at"]
    list_select_related = ["client", "user"]
