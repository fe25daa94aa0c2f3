"""The English catalogue, and the method by which Babel reads the diagrams."""
