"""Papers of every type, read as the product reads them: what is found, what is refused, how fast, and where it lies.

The corpus is a folder with manifest.json; run it alone with `make bench CORPUS=folder`.
"""
