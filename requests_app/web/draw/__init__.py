"""Drawings made by the server: small frozen shapes in, one SVG string out. Nothing here reads a row or a clock."""
