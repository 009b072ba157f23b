"""SQL text: what it reads and writes, where it comes from, and what fills its holes."""
