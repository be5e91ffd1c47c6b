"""HTML and RTF that nest a million deep, never close, or claim what is not there."""

from tests.hostile.catalogue import TEXT, hostile

MILLION = 1_000_000
PAGE = b"<!DOCTYPE html><html><head><title>Fees</title></head><body><p>The fee is 900 dollars.</p>"
RTF = rb"{\rtf1\ansi The fee is 900 dollars.\par "


@hostile("TooComplex")
def html_a_million_deep() -> bytes:
    return PAGE + b"<div>" * MILLION


@hostile("TooComplex")
def html_30000_nested_tables() -> bytes:
    return PAGE + b"<table><tr><td>" * 30_000


@hostile("TooComplex")
def html_a_million_emphases() -> bytes:
    """Leave a million marks open, which a careful parser opens anew in each paragraph."""
    return PAGE + b"<b><i><font>" * 1_000 + b"<p>fee" * 100_000


@hostile(TEXT)
def html_of_300000_attributes() -> bytes:
    return PAGE + b"<p " + b"".join(b"a%d=1 " % number for number in range(300_000)) + b">fee</p>"


@hostile(TEXT)
def html_entity_of_ten_megabytes() -> bytes:
    return PAGE + b"&" + b"a" * 10_000_000 + b";&#99999999999999999999;&#xD800;&#0;&#x110000;"


@hostile(TEXT)
def html_billion_laughs() -> bytes:
    levels = b"".join(b'<!ENTITY l%d "%s">' % (one, b"&l%d;" % (one - 1) * 10) for one in range(1, 10))
    return (
        b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "lol">'
        + levels
        + b"]><html><body><p>The fee &l9;</p></body></html>"
    )


@hostile(TEXT)
def html_entity_that_is_a_file_of_the_machine() -> bytes:
    doctype = b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return b'<?xml version="1.0"?>' + doctype + b"<html><body><p>The fee &a;</p></body></html>"


@hostile(TEXT)
def html_script_that_never_ends() -> bytes:
    return PAGE + b"<script>while(1);" + b"<!--" * MILLION


@hostile(TEXT, "OverLimits", "TooComplex", seconds=2)
def html_ten_million_brackets() -> bytes:
    return PAGE + b"<" * 5_000_000 + b"</" * 2_500_000


@hostile("NoText")
def html_of_a_charset_that_nobody_knows() -> bytes:
    return (
        b'<html><meta charset="utf-7"><meta charset="x-\xff">+ADw-script+AD4-alert(1) The fee is 900.</html>'
    )


@hostile(TEXT)
def html_cells_that_span_a_billion() -> bytes:
    return (
        PAGE
        + b"<table>"
        + b'<tr><td colspan="1000000000" rowspan="1000000000">fee</td></tr>' * 1_000
        + b"</table>"
    )


# RTF


@hostile(TEXT, "OverLimits", "TooComplex", "Damaged", seconds=8)
def rtf_a_million_braces() -> bytes:
    return RTF + b"{" * MILLION + b"fee" + b"}" * MILLION + b"}"


@hostile(TEXT, "OverLimits", "TooComplex", "Damaged", seconds=8)
def rtf_bytes_that_are_not_there() -> bytes:
    return RTF + rb"{\pict\bin2147483647 \x00}{\bin-5 a}{\bin99999999999999999999 b}}"


@hostile(TEXT, "OverLimits", "TooComplex", "Damaged", "NoText", seconds=8)
def rtf_objects_in_objects() -> bytes:
    """Embed objects in objects, which name programs and addresses."""
    opened = rb"{\object\objemb\objupdate{\*\objclass Equation.3}{\*\objdata 0105000002000000"
    field = (
        rb'{\field{\*\fldinst {INCLUDETEXT "http://127.0.0.1:9/a.rtf" DDEAUTO cmd "/k calc"}}{\fldrslt fee}}'
    )
    return RTF + field + opened * 500 + b"}}" * 500 + b"}"


@hostile(TEXT, "OverLimits", "TooComplex", "Damaged", "NoText", seconds=2)
def rtf_tables_of_a_million_cells() -> bytes:
    row = (
        rb"\trowd"
        + b"".join(b"\\cellx%d" % number for number in range(1_000))
        + rb"\intbl a\cell" * 1_000
        + rb"\row"
    )
    return RTF + row * 100 + b"}"
