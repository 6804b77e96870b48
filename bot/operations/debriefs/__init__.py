"""Operations on debriefs: saved drafts, recording, promises."""
