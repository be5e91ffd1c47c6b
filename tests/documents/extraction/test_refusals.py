import pytest

from documents import extraction
from documents.extraction.refusals import BY_NAME


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (extraction.PasswordProtected, "password"),
        (extraction.Damaged, "damaged"),
        (extraction.Empty, "damaged"),
        (extraction.OverLimits, "limits"),
        (extraction.TooComplex, "too-complex"),
        (extraction.Unsupported, "unsupported"),
        (extraction.NoText, "unsupported"),
        (extraction.OnlyPictures, "not-installed"),
    ],
)
def test_each_refusal_has_its_code_and_travels_by_its_name(refusal, code):
    assert refusal.code == code
    assert BY_NAME[refusal.__name__] is refusal


@pytest.mark.parametrize("refusal", BY_NAME.values())
def test_the_docstring_is_the_sentence_that_the_user_reads(refusal):
    sentence = str(refusal())

    assert sentence == " ".join(refusal.__doc__.split())
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
