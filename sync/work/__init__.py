"""How work is begun, shared out, waited for and tried again; of deliveries nothing is known here."""
