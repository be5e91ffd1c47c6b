"""Files made to break whatever reads them, each small to make and named for what it tries."""
