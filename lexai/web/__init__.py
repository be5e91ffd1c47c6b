"""What every page shares; one file per noun."""
