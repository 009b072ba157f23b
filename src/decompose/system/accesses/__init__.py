"""What each definition does to which table."""
