"""A partner application's side of the Hood contract, played over HTTP after Dsync's."""
