"""Other mock servers, installed by npm."""
