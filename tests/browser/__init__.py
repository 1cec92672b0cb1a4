"""The page in a browser. A package, so that its browser is gone before the next test runs an event loop."""
