"""Random sequences of calls, and an oracle that is written from the facts."""
