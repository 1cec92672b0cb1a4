"""How fast the mock is, beside programs that do less and beside other mock servers. Linux only."""
