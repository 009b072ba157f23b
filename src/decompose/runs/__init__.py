"""One run of the analysis: its document, the directory that holds it, and what is remembered of it."""
