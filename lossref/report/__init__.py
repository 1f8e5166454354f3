"""What a run found, as plain data and as text."""
