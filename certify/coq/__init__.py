"""A proved certificate as a Coq file, and Coq's opinion of it: the library is in `formal/`, nothing here is trusted."""
