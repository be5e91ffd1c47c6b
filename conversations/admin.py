"""Conversations in the back office: counts and times, and their words to whoever sees the client."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.admin import BackOfficeAdmin, shown_time
from conversations.models import Conversation, Message

MESSAGES_A_PAGE = 50


@admin.register(Conversation)
class ConversationAdmin(BackOfficeAdmin):
    noun = "conversation"
    client_id_column = "pk"
    deferred = ["notes"]
    list_display = ["id", "name", "questions", "unsupported", "first_asked_at", "last_asked_at"]
    list_display_links = ["id", "name"]
    search_fields = ["id", "name__holds", "case_number__holds"]
    fields = ["id", "name", "questions", "unsupported", "first_asked_at", "last_asked_at"]
    change_form_template = "admin/conversations/conversation/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = Conversation.objects.visible_to(self._by(request)).counted()
        return visible.order_by(*self.get_ordering(request)).defer(*self.deferred)

    def get_ordering(self, request: HttpRequest) -> Any:
        return ["-last_asked_at", "pk"]

    @admin.display(ordering="questions")
    def questions(self, conversation: Any) -> int:
        return int(conversation.questions)

    @admin.display(description="answers not supported", ordering="unsupported")
    def unsupported(self, conversation: Any) -> int:
        return int(conversation.unsupported)

    @admin.display(description="first asked", ordering="first_asked_at")
    def first_asked_at(self, conversation: Any) -> str:
        return shown_time(conversation.first_asked_at)

    @admin.display(description="last asked", ordering="last_asked_at")
    def last_asked_at(self, conversation: Any) -> str:
        return shown_time(conversation.last_asked_at)

    def history_of(self, row: Any) -> dict[str, str]:
        return {"client": row.pk}

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the words below the counts, the newest page of them first."""
        words = Message.objects.visible_to(self._by(request)).filter(client=kwargs["obj"].pk)
        newest_first = words.with_citations().select_related("asked_by").order_by("-timestamp", "-pk")
        context["exchange"] = Paginator(newest_first, MESSAGES_A_PAGE).get_page(request.GET.get("page"))
        return super().render_change_form(request, context, *args, **kwargs)

    @staticmethod
    def _by(request: HttpRequest) -> Any:
        return request.user
