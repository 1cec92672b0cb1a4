"""The authorities whose certificates are trusted: from the target file, the environment, or the default ones."""

import os
import ssl
from pathlib import Path

import httpx

from contract_tests.errors import UsageError

# Of OpenSSL, requests and curl; the first that is set counts.
VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# OpenSSL's messages for a certificate that no known authority signed, as opposed to one that is invalid.
_UNKNOWN_AUTHORITY = ("unable to get local issuer", "self-signed certificate", "self signed certificate")


def make_context(ca_bundle: Path | None) -> ssl.SSLContext:
    """Return a context that verifies certificates; raise UsageError if the authorities cannot be read."""
    if ca_bundle:
        return _trusting("tls.ca_bundle", str(ca_bundle))
    for name in VARIABLES:
        if value := os.environ.get(name):
            return _trusting(f"the environment variable {name}", value)
    return httpx.create_ssl_context(trust_env=False)


def trust_hint(error: Exception) -> str:
    """Return what to do about an error of TLS, or an empty text for another error."""
    if any(text in str(error) for text in _UNKNOWN_AUTHORITY):
        return "; if the service has an authority of its own, name its certificate as tls.ca_bundle in the target file"
    return ""


def _trusting(where: str, value: str) -> ssl.SSLContext:
    """Return a context that trusts the certificates in a file, or in folders as OpenSSL names them."""
    folders = [folder for folder in value.split(os.pathsep) if Path(folder).is_dir()]
    if not folders and not Path(value).exists():
        raise UsageError(f"{where}: no such file: {value}.")
    try:
        if folders:
            return ssl.create_default_context(capath=os.pathsep.join(folders))
        return ssl.create_default_context(cafile=value)
    except ssl.SSLError:
        raise UsageError(f"{where}: {value} does not contain certificates in PEM form.") from None
    except OSError as error:
        raise UsageError(f"{where}: {value} cannot be read: {error.strerror}.") from None
