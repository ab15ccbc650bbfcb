"""Request kits: the text of letters as data, versioned, with numbered parts. Pure Python."""
