"""The pages of papers: those of a client, one with its pages, and the search everywhere; one file per noun."""

from documents.views.deleting import delete_client as delete_client
from documents.views.papers import delete as delete
from documents.views.papers import papers as papers
from documents.views.papers import retry as retry
from documents.views.search import search as search
from documents.views.viewer import document as document
from documents.views.viewer import source as source
