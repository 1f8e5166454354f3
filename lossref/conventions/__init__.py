"""What implementations do on purpose in place of the formula: one sentence each, and the function that it makes of a loss."""
