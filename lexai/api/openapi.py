"""The OpenAPI description: what drf-spectacular cannot see for itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import SAFE_METHODS

from lexai.api.fields import EmailAddress
from lexai.api.lists import PAGES_MOST, Pages
from lexai.characters import CONTROL_RANGES, SEEN
from lexai.problems import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457). `errors` names the fields at fault.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["field", "detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}
TEXT = f"[^{CONTROL_RANGES}]*"
OPERATIONS = {"get", "post", "put", "patch", "delete"}
TAGS = {
    "auth": "Signing in and out, the own account, and the tokens of programs.",
    "clients": "Clients and their cases; who may see a restricted one.",
    "members": "The people who may see a restricted client.",
    "documents": "A client's papers: uploading, reading, deleting.",
    "conversations": "Questions, and answers with the quotations that support them.",
    "search": "Passages of the papers that the asking user may see.",
    "users": "The people of the firm, for its administrators.",
    "audit": "What was done and read, for the firm's administrators.",
}


class PracticeSchema(AutoSchema):
    """Describe an operation of ours: named for its address and its verb, filed under the last noun in it."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the description; the generator learns the rows' model without asking for rows."""
        if hasattr(self.view, "model"):
            setattr(self.view, "queryset", self.view.model._default_manager.none())  # noqa: B010 - mypy
        described: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        return described

    def get_operation_id(self) -> str:
        words = [word.replace("-", "_") for word in self._tokenize_path()]
        action = getattr(self.view, "action", None) or self.method_mapping[self.method.lower()]
        return "_".join(words if words[-1] == action else [*words, action])

    def _get_pagination_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_pagination_parameters()  # type: ignore[no-untyped-call]
        for parameter in parameters:
            is_size = parameter["name"] == Pages.page_size_query_param
            parameter["schema"]["minimum"] = 1
            parameter["schema"]["maximum"] = Pages.max_page_size if is_size else PAGES_MOST
        return parameters

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_filter_parameters()  # type: ignore[no-untyped-call]
        for parameter in parameters:
            schema = parameter["schema"]
            least = {"string": "minLength", "array": "minItems"}.get(schema.get("type"))
            if least and "enum" not in schema:
                schema[least] = 1
        return parameters

    def get_tags(self) -> list[str]:
        words = self._tokenize_path()
        return next(([word] for word in reversed(words) if word in TAGS), words[:1])


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token of a program."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from `auth/tokens/`. One that may only read is refused everything else.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of a browser, and the proof that one of its own pages asks."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = ["session", "csrf"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        return {"session": []} if auto_schema.method in SAFE_METHODS else {"session": [], "csrf": []}

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:
        session = "The cookie that `auth/login/` sets; with TLS its name is `__Host-session`."
        csrf = "The token that `auth/csrf/` and `auth/login/` return."
        return [
            {"type": "apiKey", "in": "cookie", "name": "session", "description": session},
            {"type": "apiKey", "in": "header", "name": "X-CSRFToken", "description": csrf},
        ]


class NameField(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Say which characters a line of text may hold, and that it is more than spaces where it is needed."""

    target_class = "lexai.api.fields.Name"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        mapped: Any = getattr(auto_schema, "_map_serializer_field")  # noqa: B009 - mypy: it is untyped
        described: dict[str, Any] = mapped(self.target, direction, bypass_extensions=True)
        if direction == "request" and not self.target.read_only:
            # spectacular describes an empty text beside the pattern, and one of both must fit, not both
            some = f"[^{CONTROL_RANGES}]" if self.target.allow_blank else f"{SEEN}{TEXT}"
            is_email = isinstance(self.target, EmailAddress)
            described |= {"format": "email"} if is_email else {"pattern": f"^{TEXT}{some}$"}
        return described


def with_problems(result: dict[str, Any], **_request: Any) -> dict[str, Any]:
    """Say that every operation may answer with a problem, and that bodies know no further fields."""
    result["tags"] = [{"name": name, "description": sentence} for name, sentence in TAGS.items()]
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "It could not be done; the problem says why.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for method in OPERATIONS & path.keys():
            path[method]["responses"]["default"] = answer
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    return result
