"""What happens to questions, their answers and the threads that they stand in; one file per noun."""

from conversations.services.answers import NO_ANSWER as NO_ANSWER
from conversations.services.answers import SAVING_SECONDS as SAVING_SECONDS
from conversations.services.answers import STOPPED as STOPPED
from conversations.services.answers import AnswerSettled as AnswerSettled
from conversations.services.answers import EngineFailed as EngineFailed
from conversations.services.answers import NotPending as NotPending
from conversations.services.answers import answer as answer
from conversations.services.answers import dispatch_answers as dispatch_answers
from conversations.services.answers import stop_answer as stop_answer
from conversations.services.questions import DOUBLE_CLICK_SECONDS as DOUBLE_CLICK_SECONDS
from conversations.services.questions import QUESTION_CHARACTERS as QUESTION_CHARACTERS
from conversations.services.questions import DailyLimitReached as DailyLimitReached
from conversations.services.questions import NoSuchDocument as NoSuchDocument
from conversations.services.questions import NoSuchThread as NoSuchThread
from conversations.services.questions import QuestionEmpty as QuestionEmpty
from conversations.services.questions import QuestionTooLong as QuestionTooLong
from conversations.services.questions import ask as ask
from conversations.services.questions import begin_answer as begin_answer
from conversations.services.threads import ThreadUnnamed as ThreadUnnamed
from conversations.services.threads import begin_thread as begin_thread
from conversations.services.threads import rename_thread as rename_thread
