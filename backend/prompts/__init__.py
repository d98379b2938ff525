"""Prompts: from a wording and a row to messages and token ids, and what a prompt lacks."""
