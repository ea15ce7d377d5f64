"""One module a command: parse nothing, decide nothing, call and print."""
