"""Data intake: reading a person's file, mapping its columns, splitting, cleaning and storing examples."""
