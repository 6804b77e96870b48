"""Operations on contacts: record them, and the flags they raise."""
