"""Machine translation: engines behind one protocol, the registry of models, and the guarded translator."""
