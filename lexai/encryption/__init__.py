"""Encryption at rest: keys, sealed fields, sealed files. The plain cryptography is in `core`."""
