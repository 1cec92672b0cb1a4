"""What is said of a fault that cannot be."""


class FaultError(ValueError):
    """A fault is not understood, or cannot strike what it should. The message says what it takes."""

    @property
    def sentence(self) -> str:
        """The message as a sentence of its own."""
        text = str(self)
        return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"
