"""Database and files in one folder, with one manifest of hashes and row counts."""
