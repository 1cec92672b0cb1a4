"""Proving a client: every disaster that can happen to it, in virtual time, and what each would have cost."""
