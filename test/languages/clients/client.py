"""Creates a user, and calls two other servers: client.py requests|httpx|aiohttp."""

import asyncio
import base64
import hashlib
import hmac
import os
import sys
from email.utils import formatdate
from urllib.parse import urlsplit

URL = os.environ["COMMUNICATION_ENDPOINT"] + "/identities?api-version=2023-10-01"
BODY = "{}"


def signed():
    """Returns the headers of the request."""
    url = urlsplit(URL)
    date = formatdate(usegmt=True)
    digest = base64.b64encode(hashlib.sha256(BODY.encode()).digest()).decode()
    text = f"POST\n{url.path}?{url.query}\n{date};{url.netloc};{digest}"
    key = base64.b64decode(os.environ["COMMUNICATION_ACCESS_KEY"])
    signature = base64.b64encode(hmac.digest(key, text.encode(), "sha256")).decode()
    return {
        "Content-Type": "application/json",
        "x-ms-date": date,
        "x-ms-content-sha256": digest,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
    }


def with_requests():
    """Uses Microsoft's client, and requests, on which that builds."""
    import requests
    from azure.communication.identity import CommunicationIdentityClient

    def create_user():
        client = CommunicationIdentityClient.from_connection_string(os.environ["COMMUNICATION_CONNECTION_STRING"])
        assert client.create_user().raw_id.startswith("8:acs:")
        return 201

    return create_user, lambda url: requests.get(url, timeout=20).status_code


def with_httpx():
    import httpx

    return (
        lambda: httpx.post(URL, content=BODY, headers=signed()).status_code,
        lambda url: httpx.get(url).status_code,
    )


def with_aiohttp():
    import aiohttp

    async def send(method, url, **options):
        # Only a session of trust_env reads proxies; certificates come from the variables in any case.
        async with aiohttp.ClientSession() as session, session.request(method, url, **options) as response:
            return response.status

    return (
        lambda: asyncio.run(send("POST", URL, data=BODY, headers=signed())),
        lambda url: asyncio.run(send("GET", url)),
    )


create_user, get = {"requests": with_requests, "httpx": with_httpx, "aiohttp": with_aiohttp}[sys.argv[1]]()
print(create_user())
for name in ("SECOND_URL", "THIRD_URL"):
    try:
        print(get(os.environ[name]))
    except Exception as error:
        print(repr(error))
