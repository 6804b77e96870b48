"""Operations on customers: search them, and set whether they may be contacted."""
