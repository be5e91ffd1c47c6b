"""A password hasher of the real kind that does not slow the suite down."""

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class QuickBCryptHasher(BCryptSHA256PasswordHasher):
    rounds = 4
