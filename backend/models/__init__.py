"""Base models: finding, checking, loading, running, and estimating what they cost."""
