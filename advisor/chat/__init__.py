"""The chat advisor: it looks and explains with read-only tools; with no model, with keywords; people decide."""
