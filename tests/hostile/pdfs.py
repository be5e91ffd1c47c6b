"""PDF files that multiply, loop, nest, lie about their sizes, or carry what should run."""

from collections.abc import Iterable, Mapping

from tests import papers
from tests.hostile.catalogue import TEXT, hostile
from tests.hostile.deflated import repeated, zlib_wrapped

GIGABYTE = 1 << 30
WORDS = b"BT /F 12 Tf 72 700 Td (The fee is 900 dollars.) Tj ET"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
HEADER = b"%PDF-1.7\n"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def page(entries: bytes = b"", *, box: bytes = b"0 0 612 792", resources: bytes = b"") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>%s>>" % (
        box,
        resources,
        entries,
    )


def written(objects: Mapping[int, bytes] | Iterable[bytes], trailer: bytes = b"") -> bytes:
    """Write a PDF of these objects, by number or from 1 on, with a true table of their places."""
    numbered = objects if isinstance(objects, Mapping) else dict(enumerate(objects, 1))
    file, places = bytearray(HEADER), {}
    for number, content in numbered.items():
        places[number] = len(file)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = max(numbered) + 1
    table = b"".join(
        b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
        for number in range(size)
    )
    start = len(file)
    end = b"xref\n0 %d\n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return bytes(file) + end % (size, table, size, trailer, start)


def one_page(content: bytes = WORDS, *more: bytes, shown: bytes = b"", entries: bytes = b"") -> bytes:
    """Write a PDF of one page: object 3 is the page, 4 its content, 5 its font; `more` begin at 6."""
    return written([CATALOGUE, TREE, shown or page(), stream(content, entries), FONT, *more])


# What expands and multiplies


@hostile("Damaged", "OverLimits", "TooComplex", seconds=5)
def pdf_flate_of_one_gigabyte() -> bytes:
    """Fill the content of a page with a gigabyte of spaces."""
    raw, _size = repeated(b" ", GIGABYTE, tail=WORDS)
    return one_page(zlib_wrapped(raw), entries=b"/Filter/FlateDecode")


@hostile("Damaged", "OverLimits", "TooComplex", seconds=5)
def pdf_flate_in_flate() -> bytes:
    """Compress that gigabyte twice."""
    inner, _size = repeated(b" ", GIGABYTE)
    outer, _size = repeated(zlib_wrapped(inner), 1)
    return one_page(zlib_wrapped(outer), entries=b"/Filter[/FlateDecode/FlateDecode]")


@hostile(TEXT, "OverLimits", "TooComplex", "NoText", "OnlyPictures", seconds=2)
def pdf_forms_that_multiply() -> bytes:
    """Let each of twelve forms draw the next ten times: a billion words."""
    draw = b"/X Do " * 10
    forms = [
        stream(
            draw if number < 11 else WORDS,
            b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>"
            % (7 + number),
        )
        for number in range(12)
    ]
    return one_page(draw, *forms, shown=page(resources=b"/XObject<</X 6 0 R>>"))


@hostile(TEXT)
def pdf_form_that_draws_itself() -> bytes:
    form = stream(
        b"/X Do " + WORDS,
        b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>",
    )
    return one_page(b"/X Do", form, shown=page(resources=b"/XObject<</X 6 0 R>>"))


@hostile("OverLimits")
def pdf_million_references_to_one_page() -> bytes:
    tree = b"<</Type/Pages/Count 1000000/Kids[%s]>>" % (b"3 0 R " * 1_000_000)
    return written([CATALOGUE, tree, page(), stream(WORDS), FONT])


@hostile(TEXT, "OverLimits", "TooComplex", seconds=2)
def pdf_million_words_on_a_page() -> bytes:
    raw, _size = repeated(b"(w ) Tj ", 8_000_000, head=b"BT /F 12 Tf 72 700 Td ", tail=b" ET")
    return one_page(zlib_wrapped(raw), entries=b"/Filter/FlateDecode")


@hostile(TEXT)
def pdf_ten_thousand_annotations() -> bytes:
    notes = b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(note)/Open true>>" * 10_000
    return one_page(shown=page(b"/Annots[%s]" % notes))


# What loops


@hostile("Damaged")
def pdf_page_tree_that_loops() -> bytes:
    return written([CATALOGUE, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"])


@hostile("Damaged")
def pdf_page_tree_of_ten_thousand_levels() -> bytes:
    depth = 10_000
    trees = {number: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(6, depth)}
    return written(
        {
            1: b"<</Type/Catalog/Pages 6 0 R>>",
            **trees,
            depth: page(),
            4: stream(WORDS),
            5: FONT,
        }
    )


@hostile("Damaged")
def pdf_table_of_places_that_follows_itself() -> bytes:
    file = HEADER + b"1 0 obj\n" + CATALOGUE + b"\nendobj\n"
    return (
        file
        + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 9/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF"
        % (
            len(file),
            len(file),
        )
    )


@hostile("Damaged")
def pdf_object_stream_that_holds_itself() -> bytes:
    """Say of an object stream that it lies in itself, and extends itself."""
    body = b"7 0 8 30 " + CATALOGUE + b" " + TREE
    holder = stream(body, b"/Type/ObjStm/N 2/First 9/Extends 6 0 R")
    places = bytes([2, 0, 6, 0]) * 9
    file = HEADER
    start = len(file)
    table = stream(places, b"/Type/XRef/Size 9/W[1 2 1]/Root 7 0 R/Prev %d" % start)
    return file + b"9 0 obj\n%s\nendobj\n6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (table, holder, start)


@hostile(TEXT)
def pdf_length_that_names_its_own_stream() -> bytes:
    lying = b"<</Length 4 0 R>>stream\n%s\nendstream" % WORDS
    return written([CATALOGUE, TREE, page(), lying, FONT])


@hostile(TEXT)
def pdf_glyph_that_draws_itself() -> bytes:
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
        b"/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>"
    )
    glyph = stream(b"9 0 d0 BT /F 1 Tf (aaaaaaaa) Tj ET")
    return written([CATALOGUE, TREE, page(), stream(b"BT /F 12 Tf 9 9 Td (a) Tj ET"), font, glyph])


# What nests


@hostile(TEXT)
def pdf_array_of_a_million_levels() -> bytes:
    return one_page(shown=page(b"/Annots " + b"[" * 1_000_000 + b"]" * 1_000_000))


@hostile(TEXT)
def pdf_dictionary_of_a_million_levels() -> bytes:
    return one_page(shown=page(b"/Extra " + b"<</A" * 1_000_000 + b">>" * 1_000_000))


@hostile(TEXT)
def pdf_content_of_a_million_levels() -> bytes:
    return one_page(b"q " * 1_000_000 + b"[" * 1_000_000 + b"] TJ " + WORDS)


# What is too large, or no number


@hostile(TEXT)
def pdf_page_as_large_as_a_country() -> bytes:
    return one_page(shown=page(b"/UserUnit 1e9", box=b"0 0 2e9 2e9"))


@hostile(TEXT)
def pdf_page_without_a_size() -> bytes:
    return one_page(shown=page(box=b"nan -inf 1e400 " + b"9" * 400))


@hostile("NoText", "OnlyPictures")
def pdf_words_of_no_size() -> bytes:
    return one_page(
        b"BT /F 1e38 Tf 1e38 0 0 1e38 1e38 1e38 Tm (The fee) Tj /F 0 Tf 0 0 0 0 0 0 Tm (is 900) Tj ET"
    )


@hostile(TEXT, "NoText", "OnlyPictures", "OverLimits", "TooComplex", seconds=2)
def pdf_picture_of_60000_by_60000() -> bytes:
    raw, _size = repeated(b"\xff", 60_000 * 7_500)
    picture = stream(
        zlib_wrapped(raw),
        b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 1"
        b"/Filter/FlateDecode",
    )
    return one_page(b"612 0 0 792 0 0 cm /X Do", picture, shown=page(resources=b"/XObject<</X 6 0 R>>"))


@hostile(TEXT, "NoText", "OnlyPictures", "TooComplex", seconds=2)
def pdf_pattern_of_a_million_tiles() -> bytes:
    """Fill a page without text, which is rendered to be recognised, with tiles of a thousandth of a point."""
    tile = stream(
        b"0 0 1 1 re f",
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001/Resources<<>>",
    )
    return one_page(
        b"/Pattern cs /P scn 0 0 612 792 re f", tile, shown=page(resources=b"/Pattern<</P 6 0 R>>")
    )


@hostile(TEXT)
def pdf_font_that_maps_four_billion_characters() -> bytes:
    mapping = (
        b"begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange "
        b"9 beginbfrange " + b"<00000000> <FFFFFFFF> <0041> " * 9 + b"endbfrange endcmap"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return written([CATALOGUE, TREE, page(), stream(WORDS), font, stream(mapping)])


@hostile(TEXT)
def pdf_that_claims_two_billion_pages() -> bytes:
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>"
    return written([CATALOGUE, tree, page(), stream(WORDS), FONT])


# What should run


@hostile(TEXT)
def pdf_script_and_program() -> bytes:
    names = b"/Names<</JavaScript<</Names[(a) 6 0 R]>>>>"
    catalogue = b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R/AA<</WC 6 0 R>>%s>>" % names
    following = b"/Next<</S/Launch/F(/bin/sh)/Next<</S/URI/URI(http://127.0.0.1)>>>>"
    action = b"<</S/JavaScript/JS(app.alert(1);while(1);)%s>>" % following
    return written([catalogue, TREE, page(), stream(WORDS), FONT, action])


@hostile(TEXT)
def pdf_font_matrix_that_is_a_script() -> bytes:
    """Hide a script in the matrix of a font, as CVE-2024-4367 has it run in PDF.js."""
    font = (
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FontMatrix[1 2 3 4 5 (1\\); alert\\('x'\\)]"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/Helvetica/Flags 4/FontFile 6 0 R>>>>"
    )
    program = stream(b"%!PS-AdobeFont-1.0\n/FontMatrix [1 2 3 4 5 (0); alert('x')] readonly def\neexec\n")
    return written([CATALOGUE, TREE, page(), stream(WORDS), font, program])


# What is broken, or locked


@hostile("Damaged")
def pdf_cut_short() -> bytes:
    return one_page()[:200]


@hostile("PasswordProtected")
def pdf_locked() -> bytes:
    return papers.encrypted_pdf("secret")


@hostile("NoText", "OnlyPictures")
def pdf_wrong_filters() -> bytes:
    filters = b"/Filter[/JBIG2Decode/JPXDecode/CCITTFaxDecode/DCTDecode/LZWDecode/RunLengthDecode/ASCII85Decode/None]"
    return one_page(b"\x00\x01\xff" * 300, entries=filters)


@hostile("NoText", "OnlyPictures", "TooComplex", seconds=2)
def pdf_pictures_of_no_codec() -> bytes:
    """Draw pictures whose JBIG2 and JPEG 2000 are lies, on a page that is rendered to be recognised."""
    lies = [
        stream(
            bytes(range(256)) * 40,
            b"/Type/XObject/Subtype/Image/Width 65535/Height 65535/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/"
            + name,
        )
        for name in (b"JBIG2Decode", b"JPXDecode", b"CCITTFaxDecode", b"DCTDecode")
    ]
    draw = b"".join(b"/X%d Do " % number for number in range(4)) * 5
    names = b"".join(b"/X%d %d 0 R" % (number, 6 + number) for number in range(4))
    return one_page(b"612 0 0 792 0 0 cm " + draw, *lies, shown=page(resources=b"/XObject<<%s>>" % names))
