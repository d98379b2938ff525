"""The audit: one file a measurement, each a plain function from examples to rows or numbers."""
