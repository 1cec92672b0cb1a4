"""Benchmarks: the mock compared with simpler programs and with other mock servers. Linux only."""
