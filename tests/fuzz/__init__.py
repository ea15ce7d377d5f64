"""Fuzzing of everything that reads a file: `python -m tests.fuzz TARGET [libFuzzer options]` (needs atheris)."""
