"""Sealing and opening of bytes: values, files, and the keys that both need. Knows no Django."""
