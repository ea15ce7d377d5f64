"""How a command ends. 1 is a crash of Python, never a verdict."""

PROVED, USAGE, REJECTED, UNDECIDED, FAILED, INTERRUPTED = 0, 2, 3, 4, 5, 130
