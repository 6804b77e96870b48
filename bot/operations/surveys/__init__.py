"""Operations on surveys."""
