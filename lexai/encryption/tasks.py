"""What the queue does for the keys; every task may come twice, late or never."""

from typing import Any

from celery import shared_task

from lexai.encryption import erasure, rotation
from lexai.system import SYSTEM


@shared_task
def finish_erasures(**_later: Any) -> None:
    erasure.finish_erasures()


@shared_task
def finish_rotations(**_later: Any) -> None:
    rotation.finish_rotations(by=SYSTEM)
