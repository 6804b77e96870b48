"""Nihito: everything that is true whoever knocks, a person or the clock."""
