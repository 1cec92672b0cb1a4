"""What is printed and written of a run."""
