"""Operations on the outbox: claim, deliver, hold and requeue messages."""
