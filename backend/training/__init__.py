"""Training: settings with reasons, the detached worker, checkpoints and the small search."""
