"""A first contract file for a provider's export."""
