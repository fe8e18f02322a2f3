"""What Slipstream promises, as tests that a project may run on parts of its own."""
