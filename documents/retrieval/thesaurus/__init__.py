"""Legal English: what lawyers call a subject, and the words that papers use for it.

Written by hand from general legal usage. `asked` is how a question names the subject; `strong` wording all
but answers by itself; `weak` wording goes with the subject. A phrase stands for its word stems, in this
order, with at most a few words between them.
"""

from documents.retrieval.thesaurus.agreements import AGREEMENTS
from documents.retrieval.thesaurus.competition import COMPETITION
from documents.retrieval.thesaurus.concept import Concept
from documents.retrieval.thesaurus.employment import EMPLOYMENT
from documents.retrieval.thesaurus.estates_and_companies import ESTATES_AND_COMPANIES
from documents.retrieval.thesaurus.family import FAMILY
from documents.retrieval.thesaurus.intellectual_property import INTELLECTUAL_PROPERTY
from documents.retrieval.thesaurus.leases import LEASES
from documents.retrieval.thesaurus.litigation import LITIGATION
from documents.retrieval.thesaurus.money import MONEY

CONCEPTS: tuple[Concept, ...] = (
    *AGREEMENTS,
    *COMPETITION,
    *INTELLECTUAL_PROPERTY,
    *MONEY,
    *FAMILY,
    *LEASES,
    *EMPLOYMENT,
    *LITIGATION,
    *ESTATES_AND_COMPANIES,
)
