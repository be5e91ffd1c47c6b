import pytest

from documents.retrieval.snippets import ELLIPSIS, Marker, Piece

FILLER = "The parties have read this paragraph and found nothing of note in it. " * 12


def written(pieces):
    return "".join(f"<{piece.text}>" if piece.is_marked else piece.text for piece in pieces)


def test_the_words_of_a_question_are_marked_in_all_their_forms():
    marker = Marker.of("When was the lease terminated, and what was paid?")

    assert written(marker.snippet("Termination of leases: the tenant pays. A release is none.")) == (
        "<Termination> of <leases>: the tenant <pays>. A release is none."
    )


def test_where_no_word_of_the_question_stands_the_wordings_of_its_subject_are_marked():
    assert written(Marker.of("Can they cancel?").snippet("He may terminate on notice.")) == (
        "He may <terminate> on <notice>."
    )


def test_a_word_broken_at_the_end_of_a_line_is_joined_and_marked():
    assert written(Marker.of("termination").snippet("on termi-\nnation of\nthis lease")) == (
        "on <termination> of this lease"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Termi-\nnation of\nthis lease, or its termi-  \r\n  nation.",
            ["Termi-\nnation", "termi-  \r\n  nation"],
        ),
        ("He termi-\nnated. On termi\u00ad\nnating, he paid.", ["termi-\nnated", "termi\u00ad\nnating"]),
        ("A well-known\nterminal.", ["terminal"]),
        ("", []),
    ],
)
def test_sought_words_are_placed_in_the_text_as_it_stands(text, expected):
    places = Marker.of("termination").places(text)

    assert [text[start:end] for start, end in places] == expected


def test_a_snippet_shows_where_most_different_words_stand_together():
    text = f"The rent is due. {FILLER}Rent is reviewed when the deposit was paid. {FILLER}"

    pieces = Marker.of("rent deposit").snippet(text)

    assert written(pieces).count("<") == 2
    assert "<Rent> is reviewed when the <deposit> was paid." in written(pieces)
    assert (pieces[0], pieces[-1]) == (Piece(ELLIPSIS), Piece(ELLIPSIS))
    assert len("".join(piece.text for piece in pieces)) <= 242


def test_a_short_text_is_shown_whole():
    assert Marker.of("rent").snippet("The rent\n\nis due.") == [
        Piece("The "),
        Piece("rent", is_marked=True),
        Piece(" is due."),
    ]


def test_a_snippet_cuts_between_words():
    pieces = Marker.of("deposit").snippet(f"{FILLER}The deposit was paid. {FILLER}")

    shown = "".join(piece.text for piece in pieces[1:-1])
    assert f" {shown} " in f" {FILLER}The deposit was paid. {FILLER}"


def test_what_was_found_by_its_heading_alone_shows_its_beginning():
    assert written(Marker.of("rent").snippet(FILLER)).startswith("The parties have read")
    assert written(Marker.of("rent").snippet(FILLER)).endswith(ELLIPSIS)


@pytest.mark.parametrize("text", ["x" * 900, "rent" + "x" * 900, "租" * 900, "", " ", "İstanbul rent"])
def test_a_text_without_spaces_is_cut_all_the_same(text):
    shown = "".join(piece.text for piece in Marker.of("rent").snippet(text))

    assert len(shown) <= 242
    assert shown.strip(ELLIPSIS) in text


def test_markup_in_a_text_stays_text_in_its_pieces():
    assert Marker.of("rent").snippet("<script>rent</script>") == [
        Piece("<script>"),
        Piece("rent", is_marked=True),
        Piece("</script>"),
    ]
