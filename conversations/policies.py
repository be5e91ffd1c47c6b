"""Who may ask about a client, and how often."""

from datetime import datetime

from accounts.models import User
from clients.models import Client
from clients.policies import can_view_client
from conversations.models import Message, Thread
from lexai.system import Actor


def can_ask(user: Actor, client: Client) -> bool:
    return can_view_client(user, client)


def can_stop_answer(user: Actor, answer: Message) -> bool:
    return can_ask(user, answer.client)


def can_rename_thread(user: Actor, thread: Thread) -> bool:
    return can_ask(user, thread.client)


def can_answer_for_the_queue(user: Actor) -> bool:
    return user.is_system


def is_limited(user: User, moment: datetime) -> bool:
    """Say whether the user's questions of a day are counted: a premium subscription lifts that while it lasts."""
    is_lasting = user.subscription_expires is None or user.subscription_expires > moment
    return not (user.subscription_tier == User.Tier.PREMIUM and is_lasting)
