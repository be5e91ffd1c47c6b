from conversations.prose import Block, Kind, Span, blocks


def shape(markdown):
    return [(block.kind, block.line) for block in blocks(markdown)]


def test_an_answer_falls_into_paragraphs_quotations_and_lists():
    markdown = """## Notice

The papers say **sixty** days:

> “The Tenant gives notice
> in writing.” [1]

- by post
- by courier

3. first
4. second

    a clause
"""

    assert shape(markdown) == [
        (Kind.HEADING, "Notice"),
        (Kind.PARAGRAPH, "The papers say sixty days:"),
        (Kind.QUOTATION, "“The Tenant gives notice in writing.” [1]"),
        (Kind.BULLET, "- by post"),
        (Kind.BULLET, "- by courier"),
        (Kind.NUMBER, "3. first"),
        (Kind.NUMBER, "4. second"),
        (Kind.PARAGRAPH, "a clause"),
    ]


def test_bold_and_italic_words_are_kept_apart():
    assert blocks("a **b** *c*") == [
        Block(
            Kind.PARAGRAPH,
            (Span("a "), Span("b", is_bold=True), Span(" "), Span("c", is_italic=True)),
        )
    ]


def test_an_item_of_several_paragraphs_has_one_number():
    assert shape("1. first\n\n   more of it\n\n2. second") == [
        (Kind.NUMBER, "1. first"),
        (Kind.PARAGRAPH, "more of it"),
        (Kind.NUMBER, "2. second"),
    ]


def test_markup_links_and_pictures_are_only_words():
    markdown = (
        "<b onclick=x>bold</b> [here](https://elsewhere.example) ![seen](https://elsewhere.example/x.png)"
    )

    assert shape(markdown) == [(Kind.PARAGRAPH, "<b onclick=x>bold</b> here seen")]


def test_a_marker_stays_a_marker_whatever_a_later_line_defines():
    assert shape("So it stands. [1]\n\n[1]: https://elsewhere.example")[0] == (
        Kind.PARAGRAPH,
        "So it stands. [1]",
    )


def test_what_the_assistant_escapes_reads_as_it_stood():
    assert shape(r"> “Fee \*net\* of \[tax\] \& \<duty\>” [2]") == [
        (Kind.QUOTATION, "“Fee *net* of [tax] & <duty>” [2]")
    ]
