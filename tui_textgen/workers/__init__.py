"""The processes: how they are started and spoken to, and what each of them does."""
