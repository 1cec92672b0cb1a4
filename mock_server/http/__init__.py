"""HTTP: a request in, a reply out, and the named phases between."""
