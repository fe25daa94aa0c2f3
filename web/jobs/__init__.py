"""What the worker does: plain functions over an engine and an instant, each a small batch, safe to repeat."""
