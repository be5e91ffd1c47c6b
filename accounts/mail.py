"""Where mails go while no mail server is set: into a folder that only LexAI's own user can open."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class FolderBackend(EmailBackend):
    """Write each mail to a file; they hold links that open accounts, so the folder is private."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        folder: Path = settings.LEXAI_HOME / "mail"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        super().__init__(*args, **{**kwargs, "file_path": str(folder)})
