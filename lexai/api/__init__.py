"""What every endpoint of the API shares: bodies, errors, lists, versions and the audit of reads."""
