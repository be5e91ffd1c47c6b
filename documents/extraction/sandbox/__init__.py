"""Readers and their programs run in a child process, which a hostile file may crash, hang or fill with impunity.

`reading` and `pictures` are the face for this process, `__main__` is the child, and `frames` is what they say to each
other. Readers import this package for `scratch` alone, so it imports nothing that imports readers.
"""

from documents.extraction.sandbox.folders import scratch

__all__ = ["scratch"]
