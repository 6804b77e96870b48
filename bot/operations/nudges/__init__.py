"""Operations on nudges: schedule them, answer them, pause them."""
