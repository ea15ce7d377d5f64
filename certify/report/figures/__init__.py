"""The pictures of a report, one to a file; drawn in float64 from what was checked."""
