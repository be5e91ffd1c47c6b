"""What an engine is given for a question: the best passages, and which papers the question names."""

from conversations.assistant import engines
from conversations.models import Message
from documents.models import Document
from documents.retrieval.naming import papers_named
from documents.search import Found, search_client
from documents.tallies import Tally
from lexai.system import Actor

SOURCES = 50


def retrieved(question: Message, *, by: Actor) -> engines.Retrieval:
    """Return the best passages for a question that the user may read, those of the papers that it names among them."""
    papers = Document.objects.visible_to(by).filter(client=question.client)
    chosen = papers.filter(pk__in=question.document_ids) if question.document_ids else papers
    rows = {pk: (filename, status) for pk, filename, status in chosen.values_list("pk", "filename", "status")}
    stems = papers_named(question.content, {pk: filename for pk, (filename, _status) in rows.items()})
    named = {
        pk: engines.NamedPaper(rows[pk][0], name, is_searched=rows[pk][1] == Document.Status.READY)
        for pk, name in stems.items()
    }
    results = search_client(
        question.client,
        question.content,
        by=by,
        limit=SOURCES,
        within=question.document_ids,
        favoured=named,
    )
    counted = Tally.of(status for _filename, status in rows.values())
    return engines.Retrieval(
        question=question.content,
        sources=[_source(found) for found in results.found],
        passage_count=results.passage_count,
        document_frequency=results.document_frequency,
        named=named,
        waiting=counted.waiting,
        refused=counted.refused,
    )


def _source(found: Found) -> engines.Source:
    passage = found.passage
    return engines.Source(
        passage_id=passage.pk,
        document_id=passage.document_id,
        filename=passage.document.filename,
        heading=passage.heading,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        page=passage.page,
        page_end=passage.page_end,
        score=found.score,
    )
