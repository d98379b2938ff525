"""One part of the report a file; each has `section(given)`, which gives None when there is nothing to say yet."""
