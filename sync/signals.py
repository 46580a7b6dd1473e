"""What a deployer's own code can listen to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction that applies a delivery, with `delivery` and `outcome`; the sender is the entity's model.
# What a receiver raises undoes the delivery, which is then tried again, and dead in the end.
delivery_applied = Signal()
