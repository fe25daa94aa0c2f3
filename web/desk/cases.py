"""After the act: the number, the papers, and for an instant item the rest of the same visit."""
