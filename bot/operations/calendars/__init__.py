"""Operations on calendars: PMs' feeds, and the visits made of their meetings."""
