"""Partners' dialects. Each module knows one of them and nothing of the others."""
