"""What Prometheus reads at `/metrics`: what processes count themselves, and what is looked up when it asks."""
