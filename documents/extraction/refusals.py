"""The reasons why a document cannot be read; each docstring is the sentence that the user reads."""

from typing import ClassVar

NOT_INSTALLED = "not-installed"  # on the server: the same file may be read later


class Refusal(Exception):
    """This document cannot be read."""

    code: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


class PasswordProtected(Refusal):
    """This file is protected by a password. Try it again with its password, or add a copy without one."""

    code = "password"


class WrongPassword(PasswordProtected):
    """The password does not open this file. Check it and try again; it was not stored."""


class Damaged(Refusal):
    """This file is damaged and cannot be read. Ask for a fresh copy, or save it anew and add it again."""

    code = "damaged"


class Empty(Damaged):
    """This file is empty: it has 0 bytes. Check the original and add it again."""


class OverLimits(Refusal):
    """This file is too large to read once it is unpacked. Split it into smaller files and add those."""

    code = "limits"


class Bomb(OverLimits):
    """This file defines abbreviations (XML entities) that swell when they are read; no office program writes such.
    Open it in an office program, save it anew, and add that copy."""


class TooComplex(Refusal):
    """This file takes too long to read. Split it, or save it in a simpler form, and add it again."""

    code = "too-complex"


class Unsupported(Refusal):
    """Files of this type cannot be read yet. Save it as PDF, DOCX or plain text and add it again."""

    code = "unsupported"


class OldOfficeFile(Unsupported):
    """Excel and PowerPoint files of before 2007 (XLS, PPT) cannot be read. Save this one as XLSX, PPTX or PDF in its
    program and add it again."""


class NeedsLibreOffice(Unsupported):
    """Word files of before 2007 (DOC) are read with LibreOffice, which is not installed on this server. Ask your
    administrator for it, or save the file as DOCX or PDF and add it again."""

    code = NOT_INSTALLED


class NoText(Unsupported):
    """No text was found in this file, and none was recognised in its pictures. Check that it is the right one."""


class OnlyPictures(NoText):
    """The pages of this file are pictures, such as scans, and text recognition is not installed on this
    server. Ask your administrator for it, or add a copy that holds text."""

    code = NOT_INSTALLED


class NoPicture(Refusal):
    """This page cannot be shown as a picture: only pages of PDF files and of images can, by their numbers from 1."""

    code = "no-picture"


BY_NAME: dict[str, type[Refusal]] = {
    refusal.__name__: refusal
    for refusal in (
        PasswordProtected,
        WrongPassword,
        Damaged,
        Empty,
        OverLimits,
        Bomb,
        TooComplex,
        Unsupported,
        OldOfficeFile,
        NeedsLibreOffice,
        NoPicture,
        NoText,
        OnlyPictures,
    )
}
