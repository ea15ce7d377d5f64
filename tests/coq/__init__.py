"""What is written for Coq, and (with `-m coq`, where Coq is installed) what Coq says of it."""
