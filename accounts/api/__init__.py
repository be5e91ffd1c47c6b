"""Accounts over REST; one file per noun."""
