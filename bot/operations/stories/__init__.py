"""Operations on stories, teams and their digests."""
