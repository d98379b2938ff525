"""The report: go, no-go or not yet, with every number behind it, as HTML, Markdown and a model card."""
