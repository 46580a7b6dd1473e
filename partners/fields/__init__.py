"""What the bodies of the contract may say: tables of fields, read with every fault at once."""
