"""Known-answer data: base texts, planted flaws, clean but tricky rows, prompts and goals."""
