"""What happens when a paper comes in, is read, shown, searched, deleted; one file per deed."""

from documents.services.adding import add_document as add_document
from documents.services.deleting import delete_client as delete_client
from documents.services.deleting import delete_document as delete_document
from documents.services.deleting import sweep_storage as sweep_storage
from documents.services.reading import ClaimLost as ClaimLost
from documents.services.reading import FileAltered as FileAltered
from documents.services.reading import FileLost as FileLost
from documents.services.reading import NotClaimable as NotClaimable
from documents.services.reading import NotRefused as NotRefused
from documents.services.reading import ReadingFailed as ReadingFailed
from documents.services.reading import dispatch_due as dispatch_due
from documents.services.reading import read_document as read_document
from documents.services.reading import retry_document as retry_document
from documents.services.searching import NothingToIndex as NothingToIndex
from documents.services.searching import NothingToSearchFor as NothingToSearchFor
from documents.services.searching import PapersFound as PapersFound
from documents.services.searching import PapersOnTheirWay as PapersOnTheirWay
from documents.services.searching import dispatch_stale_indexes as dispatch_stale_indexes
from documents.services.searching import index_client as index_client
from documents.services.searching import rebuild_index as rebuild_index
from documents.services.searching import search_papers as search_papers
from documents.services.showing import NotReadYet as NotReadYet
from documents.services.showing import open_original as open_original
from documents.services.showing import read_text as read_text
