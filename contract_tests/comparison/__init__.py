"""A recording against a mock or the service: what differs, and which of mock, document and service is wrong."""
