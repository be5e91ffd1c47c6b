"""Read the formats of older word processors (DOC, RTF): LibreOffice turns them into DOCX, which is read as such.

Where LibreOffice is not installed, RTF is read by striprtf and DOC by catdoc, with less of what stands around the body,
and a warning says so. What is converted lies in the scratch folder of the child, which is in memory.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from documents.extraction import compound, limits, plain
from documents.extraction.cleaning import clean
from documents.extraction.extracted import Extracted, flowing
from documents.extraction.job import Job
from documents.extraction.office import docx, protected, rich_text
from documents.extraction.office.changes import struck_out
from documents.extraction.refusals import (
    Damaged,
    NeedsLibreOffice,
    OverLimits,
    TooComplex,
)
from documents.extraction.sandbox import scratch
from documents.extraction.sandbox.programs import ending_with_this_process

DOC_MEDIA_TYPE, RTF_MEDIA_TYPE = "application/msword", "application/rtf"
SECONDS = 60
_BEGINS_ANEW = 81  # LibreOffice has made its profile, and asks to be started again
WITHOUT_LIBREOFFICE = (
    "LibreOffice is not installed on this server: headers, footers, notes and automatic numbers of this file may be "
    "missing. Ask your administrator for it, or add a copy as DOCX or PDF."
)

_WORD, _OLD_WORD, _RICH_TEXT = "MS Word 97", "MS WinWord 6.0", "Rich Text Format"
_TO_DOCX = "docx:MS Word 2007 XML"
_FLAGS_AT, _VERSION_AT, _ENCRYPTED = 0x0A, 0x02, 0x0100  # of the file information block (MS-DOC 2.5.2)
_WORD_97 = 0x00C1
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" \
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" \
oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" \
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" \
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value>\
</prop></item>
</oor:items>
"""


def read_doc(content: bytes, job: Job) -> Extracted:
    """Read a Word document of before 2007.

    Raise PasswordProtected, WrongPassword, Damaged, TooComplex, OverLimits, NoText, or NeedsLibreOffice.
    """
    head = _word_head(content)
    if int.from_bytes(head[_FLAGS_AT : _FLAGS_AT + 2], "little") & _ENCRYPTED:
        content = protected.opened(content, job.password)
    is_old = int.from_bytes(head[_VERSION_AT : _VERSION_AT + 2], "little") < _WORD_97
    if program := libreoffice():
        source = _Source(content, ".doc", _OLD_WORD if is_old else _WORD, DOC_MEDIA_TYPE)
        return _converted(program, source, job)
    return _read_with_catdoc(content)


def read_rtf(content: bytes, job: Job) -> Extracted:
    """Read rich text; raise Damaged, TooComplex, OverLimits or NoText."""
    content = rich_text.without_binaries(content)
    if program := libreoffice():
        return _converted(program, _Source(content, ".rtf", _RICH_TEXT, RTF_MEDIA_TYPE), job)
    text, passages = rich_text.text(content)
    warnings = [WITHOUT_LIBREOFFICE, *struck_out(passages)]
    return flowing(text, media_type=RTF_MEDIA_TYPE, warnings=warnings)


def libreoffice() -> str | None:
    """Return the path of LibreOffice, or None where it is not installed."""
    starter = shutil.which("soffice") or shutil.which("libreoffice")
    if not starter:
        return None
    # The script starts a second program first, which puts its socket into /tmp; the sandbox lets nobody do that.
    program = Path(starter).resolve().with_name("soffice.bin")
    return str(program) if program.exists() else starter


def _word_head(content: bytes) -> bytes:
    with compound.opened(content) as file:
        return bytes(file.openstream("WordDocument").read(_FLAGS_AT + 2))


@dataclass(frozen=True, slots=True)
class _Source:
    """What is to be converted: its content, the extension and filter by which LibreOffice knows it, its media type."""

    content: bytes
    extension: str
    filter_name: str
    media_type: str


def _converted(program: str, source: _Source, job: Job) -> Extracted:
    with _folder() as folder:
        _fresh_profile(program, folder)
        written = _convert(program, folder, source)
    return replace(docx.read(written, job), media_type=source.media_type)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=scratch(), prefix="office-") as folder:
        yield Path(folder)


def _convert(program: str, folder: Path, source: _Source) -> bytes:
    """Return the DOCX that LibreOffice makes; raise Damaged, TooComplex or OverLimits."""
    paper, out = folder / f"paper{source.extension}", folder / "out"
    paper.write_bytes(source.content)
    options = [f"--infilter={source.filter_name}", "--convert-to", _TO_DOCX, "--outdir", str(out), str(paper)]
    _run([program, *_profile_options(folder), *options], folder)
    converted = out / "paper.docx"
    if not converted.exists():
        raise Damaged
    if converted.stat().st_size > limits.PART_LIMIT_BYTES:
        raise OverLimits
    return converted.read_bytes()


def _profile_options(folder: Path) -> list[str]:
    return [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
    ]  # fmt: skip


def _run(command: list[str], folder: Path) -> bytes:
    """Run a program, once more if it asks for it; raise TooComplex when it takes too long, Damaged when it dies."""
    done = _ran(command, folder)
    if done.returncode == _BEGINS_ANEW:
        done = _ran(command, folder)
    if done.returncode:
        raise Damaged
    return done.stdout


def _ran(command: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a program with a home of its own to its end; raise TooComplex when it takes too long."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8",
                   "TMPDIR": str(folder), "OSL_SOCKET_PATH": str(folder),
                   "SAL_USE_VCLPLUGIN": "svp", "SAL_DISABLE_OPENCL": "1"}  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - constants, and paths of a folder of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote the document
            cwd=folder,
            env=environment,
            timeout=SECONDS,
            check=False,
            preexec_fn=ending_with_this_process(),
        )
    except subprocess.TimeoutExpired:
        raise TooComplex from None
    return done


def _fresh_profile(program: str, folder: Path) -> None:
    """Give LibreOffice a profile: a copy of the one that it made at its first start, which takes twice as long."""
    profile = folder / "profile" / "user"
    for name, content in _profile(program):
        path = profile / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@cache
def _profile(program: str) -> list[tuple[str, bytes]]:
    """Return the files of a profile after its first start, kept in the memory of this process."""
    with _folder() as folder:
        made = folder / "profile" / "user"
        made.mkdir(parents=True)
        (made / "registrymodifications.xcu").write_text(_SETTINGS)
        with contextlib.suppress(Damaged, TooComplex):
            _convert(program, folder, _Source(b"{\\rtf1 first}", ".rtf", _RICH_TEXT, RTF_MEDIA_TYPE))
        files = (path for path in made.rglob("*") if path.is_file() and path.name != ".lock")
        return [(str(path.relative_to(made)), path.read_bytes()) for path in files]


def _read_with_catdoc(content: bytes) -> Extracted:
    program = shutil.which("catdoc")
    if not program:
        raise NeedsLibreOffice
    with _folder() as folder:
        source = folder / "paper.doc"
        source.write_bytes(content)
        said = _run([program, "-w", "-d", "utf-8", str(source)], folder)
    text = clean(plain.decoded(said)[0])
    return flowing(text, media_type=DOC_MEDIA_TYPE, warnings=[WITHOUT_LIBREOFFICE])
