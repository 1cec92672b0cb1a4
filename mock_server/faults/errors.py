"""What is said of a fault that cannot be."""


class FaultError(ValueError):
    """A fault is not understood, or cannot strike what it should. The message says what it takes."""
