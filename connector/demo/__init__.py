"""Dsync's side of the contract, played over HTTP: it knows the published contract and nothing of the server's code."""
