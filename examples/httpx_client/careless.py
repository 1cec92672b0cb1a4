"""A client that works only if everything else does: it retries at once, and sends its token to every address."""

import httpx


class CarelessClient:
    """Generates images without care."""

    def __init__(self, base_url: str, token: str) -> None:
        self._origin = base_url.removesuffix("/api/v1")
        self._http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})

    def close(self) -> None:
        self._http.close()

    def generate(self, prompt: str, attempts: int = 5) -> list[str]:
        """Return the outputs of the images, [] for none."""
        body = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": 1}
        for _ in range(attempts):
            try:
                reply = self._http.post("/aiimage/generate-image", json=body)
            except httpx.TransportError:
                continue
            if reply.status_code == 200:
                return [image["output"] for image in reply.json()["images"]]
        return []

    def picture(self, output: str) -> bytes:
        """Return a picture."""
        return self._http.get(f"{self._origin}/{output}").content
