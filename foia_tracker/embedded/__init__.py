"""Real PostgreSQL and Redis out of two wheels, for a first run and for tests. Production brings its own."""
