"""Forms: interactive elements, their values and the client's checks."""
