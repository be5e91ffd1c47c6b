"""The back office: Django's admin for the administrators of a firm, seen through `visible_to`."""

from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin import audit as audit
from accounts.admin import people as people
from accounts.admin.back_office import BackOfficeAdmin as BackOfficeAdmin
from accounts.admin.back_office import BackOfficeInline as BackOfficeInline
from accounts.admin.back_office import shown_time as shown_time

admin.site.site_header = "LexAI back office"
admin.site.site_title = "LexAI"
admin.site.index_title = "The firm"
admin.site.disable_action("delete_selected")
admin.site.unregister(Group)
