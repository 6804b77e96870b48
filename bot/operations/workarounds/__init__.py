"""Operations on workarounds: change and merge them, and tell customers of fixes."""
