"""Calls to the service: sent, paid from the budget, masked and recorded."""
