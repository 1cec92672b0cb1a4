"""The rules of the service: pure functions of state, request and now. Standard library and msgspec's structs only."""
