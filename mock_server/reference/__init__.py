"""The API's reference as a page, made from the document and the rules.

Import it when it is asked for: templates and Markdown take a while to load, and few need them.
"""

from .serving import reference_app

__all__ = ["reference_app"]
