"""Benchmarks: each module prints one table, with its peers in the same run, and keeps it in ``benchmarks/results``."""
