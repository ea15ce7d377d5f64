"""What certify costs, alone and against other tools: see docs/performance.md."""
