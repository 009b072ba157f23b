"""What commits or rolls back together, and what each caller has done in it."""
