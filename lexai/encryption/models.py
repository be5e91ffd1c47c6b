"""The data keys, in a database of their own, and the erasures of keys that are still to be carried out."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    def of(self, scope: str) -> "DataKeyQuerySet":
        """Return the keys of a client or firm, the newest last."""
        return self.filter(scope=scope).order_by("version")


class DataKey(models.Model):
    """The key of one client or firm, wrapped by the root; several only while rows are sealed anew."""

    scope = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    root = models.CharField(max_length=16)  # the fingerprint of the root that wraps it
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        db_table = "data_keys"
        constraints = [
            models.UniqueConstraint(fields=["scope", "version"], name="ix_data_keys_scope_version")
        ]

    def __str__(self) -> str:
        return f"data key {self.version} of {self.scope}"

    @property
    def name(self) -> str:
        """What the wrapped key is bound to."""
        return f"{self.scope}/{self.version}"


class KeyErasure(models.Model):
    """The promise, made in the transaction that deletes a client, that its key will be deleted."""

    scope = models.CharField(max_length=60, primary_key=True)
    requested_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        db_table = "key_erasures"

    def __str__(self) -> str:
        return f"erasure of the key of {self.scope}"
