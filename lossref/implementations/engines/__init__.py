"""How one-expression functions become implementations: one engine for each kind of library."""
