"""Operations on suggestions: choose them, coverage, and the market."""
