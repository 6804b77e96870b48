"""Operations on the outbox: claim, deliver, postpone and requeue messages."""
