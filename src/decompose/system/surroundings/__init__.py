"""What code takes from its surroundings besides calls and tables: stores, settings, pages, what only running tells."""
