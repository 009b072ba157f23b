"""One module for each framework: a `Framework` with its examples."""
