"""Operations on staff: the directory, PMs and their settings."""
