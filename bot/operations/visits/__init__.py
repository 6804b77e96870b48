"""Operations on visits: claim, book, change, prepare, brief, prompt."""
