"""Operations of imports: files, and their rows."""
