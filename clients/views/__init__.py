"""The pages of a client: the case, its members, and what was done; one file per noun."""

from clients.views.activity import activity as activity
from clients.views.case import case as case
from clients.views.case import change as change
from clients.views.case import new as new
from clients.views.head import client_words as client_words
from clients.views.members import add_member as add_member
from clients.views.members import remove_member as remove_member
from clients.views.members import restrict as restrict
from clients.views.members import unrestrict as unrestrict
