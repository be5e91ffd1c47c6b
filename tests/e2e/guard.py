"""What no page may ever do, watched on every page that a test opens."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, Response, WebError

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
  console.error(`content policy: ${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
});
"""
REFUSED = re.compile(
    r"(?:Failed to load resource: the server responded with a status of|Response Status Error Code) (\d+)"
)
NO_CONNECTION = re.compile("net::ERR_INTERNET_DISCONNECTED|^htmx:")  # htmx tells itself what the browser told


@dataclass
class Guard:
    """Gathers what a browser's pages do wrong.

    `expected` are the statuses of refusals that a test provokes; `is_offline`: it takes away the network.
    """

    root: str
    is_offline: bool = False
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    keeps_drafts: bool = False
    drafts_left: int = 0
    requested: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Watch every page of a context, those too that are opened later."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._script_error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        refused = REFUSED.match(message.text)
        is_expected = refused and int(refused[1]) in self.expected
        if not (is_expected or (self.is_offline and NO_CONNECTION.search(message.text))):
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _script_error(self, error: WebError) -> None:
        self.faults.append(f"script error: {error.error} ({error.page.url if error.page else ''})")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":  # the browser asks whether a draft may go
            self.drafts_left += 1
            (dialog.dismiss if self.keeps_drafts else dialog.accept)()
            return
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.requested.append(request.url)
        if request.method == "POST" and request.url.endswith("/sign-out/"):
            self.expected.add(401)  # of pictures that were still to come
        if not request.url.startswith(f"{self.root}/"):
            self.faults.append(f"request to another origin: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")
