"""What is read over the contract's routes: pages of walks and of changes, and what became of deliveries."""
