"""Write the document with generate-image split in two: one operation for JSON, one for uploads.

    aiimage-mock spec | python split.py > aiimage.yaml

openapi-python-client 0.29 cannot distinguish two kinds of body that share a schema: it sends all of them as a form, and
does not support a choice of forms. The part of a URL from # on is not sent, so both operations have the same address.
"""

import sys
from copy import deepcopy
from typing import Any

import yaml

_GENERATE = "/aiimage/generate-image"
_FORM = "multipart/form-data"
_UPLOAD = {"schema": {"$ref": "#/components/schemas/StableDiffusionFromImage"}}


def split(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with an operation for JSON and one for uploads."""
    json, upload = document["paths"][_GENERATE], deepcopy(document["paths"][_GENERATE])
    del json["post"]["requestBody"]["content"][_FORM]
    upload["post"] |= {"operationId": "generateFromUpload"}
    upload["post"]["requestBody"]["content"] = {_FORM: _UPLOAD}
    return document | {"paths": document["paths"] | {_GENERATE: json, f"{_GENERATE}#upload": upload}}


if __name__ == "__main__":
    yaml.safe_dump(split(yaml.safe_load(sys.stdin)), sys.stdout, sort_keys=False)
