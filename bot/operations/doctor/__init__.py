"""Operations of the doctor: checks, the audit, and remedies."""
