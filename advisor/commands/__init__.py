"""The commands of `tunewise`: a small family a file. Nothing heavy is imported before a command runs."""
