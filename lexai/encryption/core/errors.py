"""What can go wrong when something sealed is opened."""


class TamperError(Exception):
    """What is stored is not what was sealed here: it was changed, moved or cut off."""


class UnusableRoot(Exception):
    """The root key file cannot be used; the message says why and what to do."""
