"""The read side: what pages show, one file per area; few statements, nothing is changed here."""
