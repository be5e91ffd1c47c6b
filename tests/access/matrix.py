"""The access matrix: who gets which answer at which route.

RULES say who may speak of whose rows. A cell is the status of the answer; `yes` stands for what the row of the
route says; `a/b` means `a` for what only reads (GET, HEAD, OPTIONS) and `b` for everything else. ROWS name, for each
route, its rule, what stands in each part of its path, and what each method answers to those who may.
A method that a row does not name is refused with 405, whoever asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.admin.utils import quote

from tests.access.world import API, PASSWORD, Form, World

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
READS = {"GET", "HEAD", "OPTIONS"}
SUBJECTS = ["own", "restricted", "foreign", "absent"]


@dataclass(frozen=True)
class Try:
    """One method of a route: the status for those who may, and the body that is sent."""

    yes: int
    body: Any = None  # what is sent, or how it is made of the world
    by_subject: dict[str, int] = field(default_factory=dict)  # where the state of a row decides otherwise
    rule: str = ""  # where it is not that of the route

    def sent(self, world: World) -> Any:
        return self.body(world) if callable(self.body) else self.body


@dataclass(frozen=True)
class Row:
    """One route."""

    pattern: str
    rule: str
    parts: dict[str, str]
    methods: dict[str, Try]
    query: str = ""
    fields: frozenset[str] = frozenset()  # what its bodies may hold beside what is sent here
    is_api: bool = True
    else_: int | str = 405  # what a method answers that is not named; GET: the same as that
    is_described: bool = True  # in the OpenAPI description

    @property
    def family(self) -> str:
        """Return the first word of the address: rows of one family are tried in one go."""
        words = [word for word in self.pattern.removeprefix(API.lstrip("/")).split("/") if word]
        return " ".join(words[:2]) if words[:1] == ["admin"] else next(iter(words), "/")

    def is_tried_by(self, person: Any) -> bool:
        """Say whether this person tries it: one is enough to show that a page takes no token."""
        if self.rule == "machine":
            return str(person) in {"nobody by nothing", "other firm by session"}
        return self.is_api or person.by != "token" or person.kind == "administrator"

    def cell(self, person: Any, subject: str, method: str = "") -> str:
        """Return what the rule says of a person and a subject; to pages, whoever brings a token is nobody."""
        one = self.methods.get(method)
        written = cells(one.rule if one and one.rule else self.rule)
        if not self.is_api and person.by == "token":
            return written["nobody"][subject]
        return (written.get(str(person)) or written[person.kind])[subject]

    def path(self, ids: dict[str, Any]) -> str:
        """Return the route's address with ids in the places of its parameters."""
        path = self.pattern
        for name, kind in self.parts.items():
            converters = (f"<{converter}:{name}>" for converter in ("str", "int", "path", "slug"))
            value = str(ids.get(kind, kind))
            for parameter in (f"<{name}>", *converters):
                path = path.replace(parameter, quote(value) if name == "object_id" else value)
        return f"/{path}?{self.query}" if self.query else f"/{path}"


RULES = {
    # rows of a client: its firm sees them, and where it is restricted its members alone
    "client": """
                          own      restricted  foreign  absent
        nobody            401      401         401      401
        colleague         yes      404         404      404
        member            yes      yes         404      404
        administrator     yes      404         404      404
        deactivated       401      401         401      401
        other firm        404      404         yes      404
        expired token     401      401         401      401
        read-only token   yes/403  yes/403     404/403  404/403
    """,
    # what is asked by everybody of a firm, of no row in particular
    "firm": """
                          own
        nobody            401
        colleague         yes
        member            yes
        administrator     yes
        deactivated       401
        other firm        yes
        expired token     401
        read-only token   yes/403
    """,
    # what is there for everybody, signed in or not; who brings a dead token is told so
    "everybody": """
                              own
        nobody                yes
        colleague             yes
        member                yes
        administrator         yes
        deactivated by token  401
        deactivated           yes
        other firm            yes
        expired token         401
        read-only token       yes
    """,
    # what proves no identity at all, and so looks at none
    "machine": """
                              own
        nobody                yes
        other firm            yes
    """,
    # what is one's own
    "self": """
                          own      restricted  foreign  absent
        nobody            401      401         401      401
        colleague         yes      404         404      404
        member            yes      404         404      404
        administrator     yes      404         404      404
        deactivated       401      401         401      401
        other firm        404      404         yes      404
        expired token     401      401         401      401
        read-only token   yes/403  404/403     404/403  404/403
    """,
    # what only the password opens, and no token
    "password": """
                                  own
        nobody                    401
        colleague by token        403
        colleague by session      yes
        member by token           403
        member by session         yes
        administrator by token    403
        administrator by session  yes
        deactivated               401
        other firm by token       403
        other firm by session     yes
        expired token             401
        read-only token           403
    """,
    # the firm's administrators over its people: there are no walls between them
    "office": """
                          own      restricted  foreign  absent
        nobody            401      401         401      401
        colleague         403      403         403      403
        member            403      403         403      403
        administrator     yes      yes         404      404
        deactivated       401      401         401      401
        other firm        404      404         yes      404
        expired token     401      401         401      401
        read-only token   403      403         403      403
    """,
    # the same of lists
    "office list": """
                          own
        nobody            401
        colleague         403
        member            403
        administrator     yes
        deactivated       401
        other firm        yes
        expired token     401
        read-only token   403
    """,
    # pages of whoever is signed in; tokens open no pages, and 302 leads to the sign-in
    "page": """
                          own
        nobody            302
        colleague         yes
        member            yes
        administrator     yes
        deactivated       302
        other firm        yes
    """,
    # pages of the firm's administrators
    "firm page": """
                          own
        nobody            302
        colleague         403
        member            403
        administrator     yes
        deactivated       302
        other firm        yes
    """,
    "firm page of a person": """
                          own      restricted  foreign  absent
        nobody            302      302         302      302
        colleague         403      403         403      403
        member            403      403         403      403
        administrator     yes      yes         404      404
        deactivated       302      302         302      302
        other firm        404      404         yes      404
    """,
    # pages for everybody
    "page for all": """
                          own
        nobody            yes
        colleague         yes
        member            yes
        administrator     yes
        deactivated       yes
        other firm        yes
    """,
    # a page that whoever is in already is sent on from
    "page for strangers": """
                          own
        nobody            yes
        colleague         302/yes
        member            302/yes
        administrator     302/yes
        deactivated       yes
        other firm        302/yes
    """,
    # a page that sends administrators on, and nobody to the sign-in
    "page for administrators": """
                          own
        nobody            yes
        colleague         403
        member            403
        administrator     yes
        deactivated       yes
        other firm        yes
    """,
    # the same of one's own rows
    "own page": """
                          own      restricted  foreign  absent
        nobody            302      302         302      302
        colleague         yes      404         404      404
        member            yes      404         404      404
        administrator     yes      404         404      404
        deactivated       302      302         302      302
        other firm        404      404         yes      404
    """,
    # where a form of one's own page is sent: entered as an address it leads to that page, whatever it names
    "entered": """
                          own      restricted  foreign  absent
        nobody            302      302         302      302
        colleague         yes      yes         yes      yes
        member            yes      yes         yes      yes
        administrator     yes      yes         yes      yes
        deactivated       302      302         302      302
        other firm        yes      yes         yes      yes
    """,
    # pages of a client
    "client page": """
                          own      restricted  foreign  absent
        nobody            302      302         302      302
        colleague         yes      404         404      404
        member            yes      yes         404      404
        administrator     yes      404         404      404
        deactivated       302      302         302      302
        other firm        404      404         yes      404
    """,
    # the back office: for administrators, and where it speaks of a client's rows, for those who see the client
    "back office": """
                          own
        nobody            302
        colleague         302
        member            302
        administrator     yes
        deactivated       302
        other firm        yes
    """,
    "back office people": """
                          own      restricted  foreign  absent
        nobody            302      302         302      302
        colleague         302      302         302      302
        member            302      302         302      302
        administrator     yes      yes         404      404
        deactivated       302      302         302      302
        other firm        404      404         yes      404
    """,
    "back office clients": """
                          own      restricted  foreign  absent
        nobody            302      302         302      302
        colleague         302      302         302      302
        member            302      302         302      302
        administrator     yes      404         404      404
        deactivated       302      302         302      302
        other firm        404      404         yes      404
    """,
}


def cells(rule: str) -> dict[str, dict[str, str]]:
    """Return the cells of a rule: person, subject, and what is written there."""
    head, *lines = [line.split() for line in RULES[rule].strip().splitlines()]
    return {" ".join(line[: -len(head)]): dict(zip(head, line[-len(head) :], strict=True)) for line in lines}


def expected(row: Row, method: str, person: Any, subject: str) -> int:
    """Return the status that the matrix promises."""
    reads, _, others = row.cell(person, subject, method).partition("/")
    written = reads if method in READS or not others else others
    known = methods_of(row)
    if method not in known and row.else_ == "GET":
        return expected(row, "GET", person, subject)
    if method not in known:
        asks_first_who = row.is_api or row.rule.startswith("back office")
        return int(written) if asks_first_who and written not in {"yes", "404"} else int(row.else_)
    if method == "OPTIONS" and written == "404":
        return known[method].yes  # what an address understands is no secret, and the same for every id
    is_refused_to_all = known[method].yes == 403 and written == "404"  # before any row is looked for
    if written == "yes" or is_refused_to_all:
        return known[method].by_subject.get(subject, known[method].yes)
    return int(written)


def methods_of(row: Row) -> dict[str, Try]:
    """Return the methods that a route knows: HEAD with every GET, and OPTIONS wherever the API answers."""
    known = dict(row.methods)
    if "GET" in known:
        known.setdefault("HEAD", Try(known["GET"].yes, known["GET"].body, known["GET"].by_subject))
    if row.is_api:
        known.setdefault("OPTIONS", Try(200))
    return known


def api(
    pattern: str,
    rule: str,
    parts: str = "",
    *,
    query: str = "",
    is_described: bool = True,
    **methods: int | Try,
) -> Row:
    """Return a row of the API; `parts` reads as `pk=client user_id=user`."""
    pattern = API.lstrip("/") + pattern
    return Row(pattern, rule, _parts(parts), _tries(methods), query, is_described=is_described)


def page(
    pattern: str, rule: str, parts: str = "", *, query: str = "", else_: int | str = 405, **methods: int | Try
) -> Row:
    """Return a row of what is no part of the API."""
    return Row(
        pattern, rule, _parts(parts), _tries(methods), query, is_api=False, else_=else_, is_described=False
    )


def _parts(text: str) -> dict[str, str]:
    return dict(part.split("=") for part in text.split())


def _tries(methods: dict[str, int | Try]) -> dict[str, Try]:
    return {name: Try(one) if isinstance(one, int) else one for name, one in methods.items()}


def of(**names: str) -> Callable[[World], dict[str, Any]]:
    """Return a body that speaks of people of the world by their names in it."""
    return lambda world: {field: world.named[name] for field, name in names.items()}


CLIENT = {"name": "Renamed", "notes": "New notes"}
MEMBERS_FORM = {"member_set-TOTAL_FORMS": "0", "member_set-INITIAL_FORMS": "0"}
CLIENT_FORM = Form({**CLIENT, **MEMBERS_FORM, "version": "1"})
PERSON = {"email": "nell@people.example", "first_name": "Nell", "last_name": "New", "role": "user"}
SIGN_IN = {"email": "nobody@nowhere.example", "password": "what nobody has chosen"}
NEW_PASSWORD = {"current": PASSWORD, "new": f"{PASSWORD} and a heron"}
TOKEN = {"name": "Script", "scope": "read"}
TOKEN_FORM = Form({**TOKEN, "days": "30", "ends_with_password": "on"})


def office(name: str, kind: str, rule: str, *, fields: str = "", **methods: int | Try) -> list[Row]:
    """Return the rows of one table in the back office; `add`, `change` and `delete` say what these answer."""
    here = f"admin/{name}/"
    add, change, delete = (methods.pop(verb, 403) for verb in ("add", "change", "delete"))
    one = f"object_id={kind}"
    rows = [
        page(here, "back office", GET=200, else_="GET"),
        page(f"{here}add/", "back office", GET=add if isinstance(add, int) else 200, POST=add, else_="GET"),
        # Django forwards every id to the page of its row, without looking whether there is one
        page(f"{here}<path:object_id>/", "back office", one, GET=302, else_="GET"),
        page(f"{here}<path:object_id>/change/", rule, one, GET=200, POST=change, else_="GET"),
        page(
            f"{here}<path:object_id>/delete/",
            rule,
            one,
            GET=delete if isinstance(delete, int) else 200,
            POST=delete,
            else_="GET",
        ),
        page(f"{here}<path:object_id>/history/", rule, one, GET=302, else_="GET"),
    ]
    return [replace(row, fields=frozenset(fields.split())) for row in rows]


ROWS = [
    # signing in, and the own account
    api("auth/csrf/", "everybody", GET=200),
    api("auth/login/", "everybody", POST=Try(401, SIGN_IN)),
    api("auth/logout/", "password", POST=204),
    api("auth/me/", "firm", GET=200, PATCH=Try(200, {"first_name": "Renamed"})),
    api("auth/password/", "password", POST=Try(204, NEW_PASSWORD)),
    api("auth/tokens/", "firm", GET=200, POST=Try(201, TOKEN, rule="password")),
    api("auth/tokens/<int:pk>/", "self", "pk=token", DELETE=204),
    # the firm's people and its audit
    api("users/", "office list", GET=200, POST=Try(201, PERSON)),
    api("users/<int:pk>/", "office", "pk=user", GET=200, PATCH=Try(200, {"first_name": "Renamed"})),
    api("users/<int:pk>/deactivate/", "office", "pk=user", POST=200),
    api("users/<int:pk>/reactivate/", "office", "pk=user", POST=409),
    api("users/<int:pk>/send-link/", "office", "pk=user", POST=200),
    api("users/<int:pk>/release-lockout/", "office", "pk=user", POST=200),
    api("audit/", "office list", GET=200),
    api("audit/export/", "office list", GET=200),
    # clients
    api("clients/", "firm", GET=200, POST=Try(201, {"name": "Newcomer"})),
    api("clients/<str:pk>/", "client", "pk=client",
        GET=200, PUT=Try(200, CLIENT), PATCH=Try(200, CLIENT), DELETE=204),
    api("clients/<str:pk>/restrict/", "client", "pk=client", POST=Try(200, {"members": []}, {"restricted": 409})),
    api("clients/<str:pk>/unrestrict/", "client", "pk=client", POST=Try(200, None, {"own": 409, "foreign": 409})),
    # members
    api("clients/<str:client_id>/members/", "client", "client_id=client",
        GET=200, POST=Try(201, of(email="someone"), {"foreign": 400})),
    api("clients/<str:client_id>/members/<int:user_id>/", "client", "client_id=client user_id=user",
        DELETE=Try(204, None, {"own": 409, "foreign": 409})),
    # documents
    api("clients/<str:client_id>/documents/", "client", "client_id=client",
        GET=200, POST=Try(201, Form({}, ("file", "new.txt", b"A new paper.")))),
    api("clients/<str:client_id>/documents/batch/", "client", "client_id=client",
        POST=Try(200, Form({}, ("file", "new.txt", b"A new paper.")))),
    api("clients/<str:client_id>/documents/events/", "client", "client_id=client", GET=200),
    api("documents/<int:pk>/", "client", "pk=document", GET=200, DELETE=204),
    api("documents/<int:pk>/file/", "client", "pk=document", GET=200),
    api("documents/<int:pk>/text/", "client", "pk=document", GET=200),
    api("documents/<int:pk>/pages/<int:number>/", "client", "pk=document number=page", GET=200),
    api("documents/<int:pk>/pages/<int:number>/picture/", "client", "pk=document number=page", GET=409),
    api("documents/<int:pk>/retry/", "client", "pk=document", POST=409),
    api("search/", "firm", query="q=rent", GET=200),
    # conversations
    api("clients/<str:client_id>/conversations/", "client", "client_id=client",
        GET=200, POST=Try(201, {"content": "What is the rent?", "thread": None, "documents": []})),
    api("conversations/<int:pk>/", "client", "pk=answer", GET=200),
    api("conversations/<int:pk>/events/", "client", "pk=answer", GET=200),
    api("conversations/<int:pk>/stop/", "client", "pk=answer", POST=409),
    api("clients/<str:client_id>/threads/", "client", "client_id=client", GET=200),
    # the API's description, to be read by anybody
    api("schema/", "machine", is_described=False, GET=200),
    api("docs/", "machine", is_described=False, GET=200),
    # pages
    page("", "page for all", GET=302),
    page("favicon.ico", "machine", else_=302, GET=302),
    page("sign-in/", "page for strangers", GET=200, POST=Try(401, Form(SIGN_IN))),
    page("sign-out/", "page for all", POST=302),
    page("reset/", "page for all", GET=200, POST=Try(200, Form({"email": "nobody@nowhere.example"}))),
    page("reset/<str:token>/", "page for all", "token=no-such-link",
         GET=410, POST=Try(410, Form({"new": "a heron by the lake"}))),
    page("account/", "page", GET=200),
    page("account/names/", "page", GET=302, POST=Try(302, Form({"first_name": "Nell", "last_name": "New"}))),
    page("account/password/", "page", GET=302, POST=Try(302, Form(NEW_PASSWORD))),
    page("account/shortcuts/", "page", GET=302, POST=302),
    page("account/sessions/end-others/", "page", GET=302, POST=302),
    page("account/sessions/<str:reference>/end/", "entered", "reference=session",
         GET=302, POST=Try(302, rule="own page")),
    page("account/tokens/", "page", GET=302, POST=Try(200, TOKEN_FORM)),
    page("account/tokens/<int:pk>/revoke/", "entered", "pk=token",
         GET=302, POST=Try(302, rule="own page")),
    # the firm's people, its audit and its usage
    page("firm/", "firm page", GET=200),
    page("firm/users/new/", "firm page", GET=200, POST=Try(302, Form(PERSON))),
    page("firm/users/<int:pk>/", "firm page of a person", "pk=user",
         GET=200, POST=Try(302, Form({**PERSON, "subscription_tier": "free"}))),
    page("firm/users/<int:pk>/deactivate/", "firm page of a person", "pk=user", GET=302, POST=302),
    page("firm/users/<int:pk>/reactivate/", "firm page of a person", "pk=user", GET=302, POST=409),
    page("firm/users/<int:pk>/send-link/", "firm page of a person", "pk=user", GET=302, POST=302),
    page("firm/users/<int:pk>/release-lockout/", "firm page of a person", "pk=user", GET=302, POST=302),
    page("firm/audit/", "firm page", GET=200),
    page("firm/audit/export/", "firm page", GET=200),
    page("firm/usage/", "firm page", GET=200),
    # today, the list of clients, and the pages of a case
    page("today/", "page", GET=200),
    page("clients/", "page", GET=200),
    page("clients/new/", "page", GET=200, POST=Try(302, Form({"name": "Newcomer"}))),
    page("clients/<str:client_id>/case/", "client page", "client_id=client", GET=200),
    page("clients/<str:client_id>/case/change/", "client page", "client_id=client",
         GET=200, POST=Try(302, Form({**CLIENT, "version": "1"}), {"restricted": 412})),
    page("clients/<str:client_id>/case/restrict/", "client page", "client_id=client",
         GET=302, POST=Try(302, lambda world: Form({"members": [world.ids["own"]["user"]]}),
                           {"restricted": 409, "foreign": 400})),
    page("clients/<str:client_id>/case/unrestrict/", "client page", "client_id=client",
         GET=302, POST=Try(302, None, {"own": 409, "foreign": 409})),
    page("clients/<str:client_id>/case/members/", "client page", "client_id=client",
         GET=302, POST=Try(302, lambda world: Form({"member": world.ids["own"]["user"]}), {"foreign": 400})),
    page("clients/<str:client_id>/case/members/<int:user_id>/remove/", "client page",
         "client_id=client user_id=user", GET=302, POST=Try(302, None, {"own": 409, "foreign": 409})),
    page("clients/<str:client_id>/activity/", "client page", "client_id=client", GET=200),
    page("clients/<str:client_id>/delete/", "client page", "client_id=client",
         GET=200, POST=Try(400, Form({"name": "what nobody is called"}))),
    # papers
    page("clients/<str:client_id>/documents/", "client page", "client_id=client",
         GET=200, POST=Try(302, Form({}, ("file", "new.txt", b"A new paper.")))),
    page("documents/<int:pk>/", "client page", "pk=document", GET=200),
    page("documents/<int:pk>/source/", "client page", "pk=document", GET=200),
    page("documents/<int:pk>/retry/", "client page", "pk=document", GET=302, POST=409),
    page("documents/<int:pk>/delete/", "client page", "pk=document", GET=200, POST=302),
    # search, and what is handed on
    page("search/", "page", query="q=rent", GET=200),
    page("clients/<str:client_id>/", "client page", "client_id=client", GET=302),
    page("clients/<str:client_id>/ask/", "client page", "client_id=client",
         GET=200, POST=Try(302, Form({"content": "What is the rent?"}))),
    page("clients/<str:client_id>/ask/<int:thread_id>/", "client page", "client_id=client thread_id=thread",
         GET=200, POST=Try(302, Form({"content": "What is the rent?"}))),
    page("clients/<str:client_id>/ask/<int:thread_id>/rename/", "client page",
         "client_id=client thread_id=thread", GET=302, POST=Try(302, Form({"title": "Rent"}))),
    page("answers/<int:pk>/", "client page", "pk=answer", GET=302),
    page("answers/<int:pk>/stop/", "client page", "pk=answer", GET=302, POST=409),
    page("clients/<str:client_id>/ask/<int:thread_id>/export.docx", "client page",
         "client_id=client thread_id=thread", GET=200),
    page("clients/<str:client_id>/ask/<int:thread_id>/print/", "client page",
         "client_id=client thread_id=thread", GET=200),
    # the back office
    page("admin/", "back office", GET=200, else_="GET"),
    page("admin/login/", "page for administrators", GET=302),
    page("admin/logout/", "page for all", POST=302),
    page("admin/jsi18n/", "back office", GET=200, OPTIONS=200),
    page("admin/<app_label>/", "back office", "app_label=clients", GET=200, else_="GET"),
    page("admin/<url>", "back office", "url=no-such-page", GET=404, else_="GET"),
    *[page(f"admin/{shut}", "page for all", else_=404) for shut in (
        "password_change/", "password_change/done/", "autocomplete/", "r/<path:content_type>/<path:row>/",
        "r/<path:content_type_id>/<path:object_id>/")],
    *office("accounts/firm", "firm", "back office people"),
    *office("accounts/user", "user", "back office people",
            add=Try(302, Form(PERSON)), change=Try(302, Form({**PERSON, "subscription_tier": "free"}))),
    *office("accounts/lockout", "lockout", "back office people"),
    *office("audit/auditevent", "event", "back office people"),
    page("admin/audit/auditevent/export/", "back office", GET=200, HEAD=405),
    *office("clients/client", "client", "back office clients", fields="is_restricted",
            add=Try(302, CLIENT_FORM), change=Try(302, CLIENT_FORM), delete=Try(302, Form({"post": "yes"}))),
    *office("documents/document", "document", "back office clients", delete=Try(302, Form({"post": "yes"}))),
    *office("conversations/conversation", "client", "back office clients"),
    # for machines
    page("healthz", "machine", GET=200),
    page("readyz", "machine", GET=503),
]  # fmt: skip
