"""The access log: who did what, when; ids and changed fields, never contents."""

from lexai.audit.record import record as record
from lexai.audit.record import record_read as record_read
from lexai.audit.record import record_refusal as record_refusal
