"""What is found in the papers of each type, beside what the bare tools find, and what is refused."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.benchmarks.reading import rivals
from tests.benchmarks.reading.corpus import Paper
from tests.benchmarks.reading.outcomes import Outcome, outcome
from tests.benchmarks.reading.scoring import Score, found, score, table

SNIPPETS_GOAL, POINTS_GOAL = 0.95, -0.5
HELD_TO_SNIPPETS = ("docx", "doc", "rtf", "odt", "msg", "xlsx", "pptx")
HEADINGS = (
    "type",
    "files",
    "as asked",
    "snippets",
    "words: recall",
    "F1",
    "bare tool",
    "points",
    "goal",
    "ms a file",
)


@dataclass(frozen=True)
class Contest:
    """A bare tool, the figure in which it is held against ours, and what it reads of a paper."""

    figure: str
    of: Callable[[Score], float]
    text: Callable[[Paper], str]


PDFIUM = Contest(
    "F1", lambda score: score.f1, lambda paper: "\n".join(rivals.plain_pdfium(paper.path.read_bytes()))
)
TESSERACT = Contest(
    "recall",
    lambda score: score.recall,
    lambda paper: "\n".join(rivals.bare_tesseracts(rivals.pictures(paper.path))),
)


def measure(papers: Sequence[Paper]) -> None:
    """Read every paper, and print a row per type and what fell short."""
    outcomes = [outcome(paper) for paper in papers]
    kinds = dict.fromkeys(paper.kind for paper in papers)
    print(f"Reading {len(papers)} papers in the sandbox, with all that they bring along:")
    print(
        table(HEADINGS, [_row(kind, [one for one in outcomes if one.paper.kind == kind]) for kind in kinds])
    )
    _print_refusals(outcomes)
    for line in _shortfalls(outcomes):
        print(f"      {line}")


def _row(kind: str, outcomes: Sequence[Outcome]) -> list[str]:
    hits = [hit for one in outcomes for hit in found(one.paper.snippets, one.text)]
    scored = [one for one in outcomes if one.paper.truth is not None]
    scores = [score(one.text, one.paper.truth) for one in scored]
    contest = _contest(outcomes[0].paper)
    bare = [contest.of(score(contest.text(one.paper), one.paper.truth)) for one in scored] if contest else []
    ours = [contest.of(one) for one in scores] if contest else []
    return [
        kind,
        str(len(outcomes)),
        str(sum(one.is_met for one in outcomes)),
        f"{sum(hits)}/{len(hits)}" if hits else "",
        _mean(one.recall for one in scores),
        _mean(one.f1 for one in scores),
        f"{contest.figure} {_mean(bare)}" if contest else "",
        f"{100 * (fmean(ours) - fmean(bare)):+.2f}" if contest else "",
        _goal(kind, contest),
        f"{1000 * fmean(one.seconds for one in outcomes):.0f}",
    ]


def _contest(paper: Paper) -> Contest | None:
    if paper.is_born_digital:
        return PDFIUM
    return TESSERACT if paper.is_picture and rivals.TESSERACT else None


def _mean(values: Iterable[float]) -> str:
    values = list(values)
    return f"{fmean(values):.4f}" if values else ""


def _goal(kind: str, contest: Contest | None) -> str:
    if contest:
        return f"points >= {POINTS_GOAL}"
    if kind in HELD_TO_SNIPPETS:
        return f"snippets >= {SNIPPETS_GOAL}"
    return "all as asked" if kind.startswith("hostile") else ""


def _print_refusals(outcomes: Sequence[Outcome]) -> None:
    asked = [one for one in outcomes if one.paper.refusal]
    either = [one for one in outcomes if one.paper.may_refuse]
    held = [
        hit
        for one in outcomes
        if one.paper.kind in HELD_TO_SNIPPETS
        for hit in found(one.paper.snippets, one.text)
    ]
    print(
        f"   snippets of {', '.join(HELD_TO_SNIPPETS)}: {sum(held)} of {len(held)}, {_mean(held)};"
        f" the goal is {SNIPPETS_GOAL} or more\n"
        f"   refusals asked for by name: {sum(one.is_met for one in asked)} of {len(asked)} met;"
        f" text or any refusal: {sum(one.is_met for one in either)} of {len(either)}; the goal is all\n"
        f"   crashes {sum(bool(one.fault) for one in outcomes)}, hangs {sum(one.is_hang for one in outcomes)},"
        f" empty successes without a warning {sum(one.is_empty_success for one in outcomes)}; the goal is 0 each"
    )


def _shortfalls(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield a line for each paper that did not end as asked, and for each snippet that was not found."""
    for one in outcomes:
        if not one.is_met:
            wanted = one.paper.refusal.__name__ if one.paper.refusal else "text"
            yield f"{one.paper.path.name}: {one.answer}, asked was {wanted}"
            continue
        hits = found(one.paper.snippets, one.text)
        for snippet in (snippet for snippet, hit in zip(one.paper.snippets, hits, strict=True) if not hit):
            yield f"{one.paper.path.name}: not found: {snippet}"
