"""The pages of asking, and those that show what was asked about every client: today, and the list of clients."""

from conversations.views.ask import answer as answer
from conversations.views.ask import ask as ask
from conversations.views.ask import client as client
from conversations.views.ask import rename_thread as rename_thread
from conversations.views.ask import stop_answer as stop_answer
from conversations.views.ask import thread as thread
from conversations.views.clients import clients as clients
from conversations.views.exporting import export_thread as export_thread
from conversations.views.exporting import print_thread as print_thread
from conversations.views.today import today as today
