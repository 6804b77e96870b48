"""Operations: one function each, one transaction each."""
