"""The invented participants of the sample contracts: `plans` says what each provider is like, the other modules make it so."""
