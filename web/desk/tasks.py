"""Steps that wait at the window."""
