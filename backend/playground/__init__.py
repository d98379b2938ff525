"""The playground's own things: what was asked and answered, how two answers stream at once, and people's votes."""
