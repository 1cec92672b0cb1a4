"""The API's reference as a page, made from the contract and the rules. Import it late: its libraries load slowly."""

from .page import reference_app

__all__ = ["reference_app"]
