"""The API as all clients of the gallery know it: addresses, one order, and the pictures of a reply."""

import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

ORDER = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
TWO = {**ORDER, "image_number_of_images": 2}
# A context takes much longer to make than a request to send, so clients share one.
TLS = ssl.create_default_context()


@dataclass(frozen=True)
class Api:
    """An account of the API. base_url: ends in /api/v1."""

    base_url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def url(self, operation: str) -> str:
        return f"{self.base_url}/aiimage/{operation}"

    def pictures(self, body: Any) -> list[str]:
        """Return the addresses of the pictures in a reply of generate-image or recent-images."""
        images = body["images"] if isinstance(body, dict) else body
        return [urljoin(self.base_url, f"/{image['output'].lstrip('/')}") for image in images]
