"""Operations on notes that ask for nothing."""
