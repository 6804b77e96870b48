"""Operations on the inbox: each payload once, in batches."""
