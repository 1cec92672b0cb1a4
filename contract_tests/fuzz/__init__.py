"""Requests generated from the document by schemathesis, sent by the suite's own transport and judged by its rules."""
