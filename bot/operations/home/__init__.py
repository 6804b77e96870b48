"""Operations for Home: what it shows, and what is next due."""
