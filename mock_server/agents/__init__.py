"""The mock for agents: tools and resources of the Model Context Protocol, and a page of facts for language models."""
