"""Runs the official Python client against an emulator.

    client.py --list        prints the client's version and the titles of the cases as JSON
    client.py sync URL      runs them with the synchronous client and prints one line of JSON for each
    client.py aio URL       does the same with the asynchronous client

REQUESTS_CA_BUNDLE and SSL_CERT_FILE name the certificate to trust: the synchronous clients read the first, and
everything else reads the second.
"""

import asyncio
import base64
import contextlib
import html
import importlib
import inspect
import json
import re
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urljoin, urlsplit

import msal
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import jwt
from authlib.oidc.core import CodeIDToken
from azure.communication.identity import CommunicationTokenScope, CommunicationUserIdentifier
from azure.communication.identity._version import VERSION
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

ALL_SCOPES = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]
API_VERSIONS = ["2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"]
OTHER_RESOURCE = "8:acs:1c3c1f3e-93a5-4e58-b3b3-6b1d4f9f7a10_7a5c9a7e-6f5d-4c1e-9a55-2f6d5a4b3c2d"
TEAMS_APP = "11111111-2222-4333-8444-555555555555"
TEAMS_USER = "66666666-7777-4888-8999-aaaaaaaaaaaa"
MADE_UP_IDS = ["with a space", "ünïcode", "a+b"]

CONNECTION_STRING = "a connection string"
KEY_CREDENTIAL = "an AzureKeyCredential"
SECRET_CREDENTIAL = "a ClientSecretCredential of azure-identity"

cases = []


def case(title):
    """Adds a case that runs once with each kind of credential."""

    def add(function):
        for credential in (CONNECTION_STRING, KEY_CREDENTIAL, SECRET_CREDENTIAL):
            cases.append((f"{title}, with {credential}", credential, function))
        return function

    return add


def single_case(title):
    """Adds a case that makes its own client."""

    def add(function):
        cases.append((title, None, function))
        return function

    return add


class Awaited:
    """Makes each method of a client awaitable, so that the cases read the same for both clients."""

    def __init__(self, client, credential):
        self.client = client
        self.credential = credential

    def __getattr__(self, name):
        async def call(*args, **kwargs):
            result = getattr(self.client, name)(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return call


class Lane:
    """An emulator and either the synchronous or the asynchronous client."""

    def __init__(self, mode, url):
        aio = ".aio" if mode == "aio" else ""
        self.is_aio = mode == "aio"
        self.endpoint = url
        self.info = self.admin("GET", "/info")
        self.Client = importlib.import_module(f"azure.communication.identity{aio}").CommunicationIdentityClient
        self.Secret = importlib.import_module(f"azure.identity{aio}").ClientSecretCredential
        self.open = contextlib.AsyncExitStack()

    async def client(self, credential, **options):
        if credential == CONNECTION_STRING:
            made = self.Client.from_connection_string(self.info["connectionString"], **options)
        elif credential == KEY_CREDENTIAL:
            made = self.with_key(self.endpoint, **options)
        else:
            made = self.Client(self.endpoint, await self.entra(), **options)
        return await self.opened(made, credential)

    def with_key(self, endpoint, key=None, **options):
        access_key = self.info["connectionString"].split("accesskey=", 1)[1]
        return self.Client(endpoint, AzureKeyCredential(key or access_key), **options)

    async def entra(self, **changes):
        settings = {**self.info["entra"], **changes}
        credential = self.Secret(
            settings["tenantId"],
            settings["clientId"],
            settings["clientSecret"],
            authority=settings["authorityHost"],
            disable_instance_discovery=True,
        )
        if self.is_aio:
            await self.open.enter_async_context(credential)
        return credential

    async def opened(self, client, credential=None):
        if self.is_aio:
            await self.open.enter_async_context(client)
        return Awaited(client, credential)

    def admin(self, method, path, body=None):
        """Calls the emulator's admin API without an Azure library."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_emulator{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            text = response.read()
        return json.loads(text) if text else None

    def inspect(self, token):
        return self.admin("POST", "/tokens:inspect", {"token": token})


async def refused(call, status, code=None):
    """Awaits a call that has to fail and returns its error."""
    try:
        await call
    except HttpResponseError as error:
        assert error.status_code == status, f"status {error.status_code}: {error.message}"
        sent = json.loads(error.response.text())["error"]["code"]
        assert code is None or sent == code, f"code {sent}"
        return error
    raise AssertionError("the call did not fail")


def assert_lifetime(token, minutes):
    left = datetime.fromisoformat(token.expires_on).timestamp() - time.time()
    assert minutes * 60 - 30 < left <= minutes * 60 + 30, f"{left} s are left"


@case("creates a user that belongs to the resource")
async def create_user(lane, client):
    user = await client.create_user()
    assert user.raw_id.startswith(f"8:acs:{lane.info['resourceId']}_"), user.raw_id
    assert lane.admin("GET", f"/users/{user.raw_id}")["id"] == user.raw_id


@case("creates a user with a token that has every scope and lives for a day")
async def create_user_and_token(lane, client):
    user, token = await client.create_user_and_token(ALL_SCOPES)
    assert_lifetime(token, 24 * 60)
    seen = lane.inspect(token.token)
    assert (seen["valid"], seen["userId"]) == (True, user.raw_id), seen
    assert sorted(seen["scopes"]) == sorted(ALL_SCOPES), seen


@case("creates a user with a token in every service version, for an hour where the version has lifetimes")
async def create_in_versions(lane, client):
    for version in API_VERSIONS:
        knows_lifetimes = version >= "2022-10-01"
        versioned = await lane.client(client.credential, api_version=version)
        user, token = await versioned.create_user_and_token(["chat"], token_expires_in=timedelta(hours=1))
        assert_lifetime(token, 60 if knows_lifetimes else 24 * 60)
        assert lane.inspect(token.token)["userId"] == user.raw_id


@case("issues tokens for each scope, given as a string or as an enum")
async def get_token(lane, client):
    user = await client.create_user()
    enum = {CommunicationTokenScope.CHAT: "chat", CommunicationTokenScope.VOIP: "voip"}
    for asked, scope in [*((each, each) for each in ALL_SCOPES), *enum.items()]:
        token = await client.get_token(user, [asked])
        seen = lane.inspect(token.token)
        assert (seen["valid"], seen["userId"], seen["scopes"]) == (True, user.raw_id, [scope]), seen


@case("issues tokens with the shortest and the longest lifetime but not beyond")
async def lifetimes(lane, client):
    user = await client.create_user()
    for minutes in (60, 24 * 60):
        token = await client.get_token(user, ["voip"], token_expires_in=timedelta(minutes=minutes))
        assert_lifetime(token, minutes)
    for minutes in (59, 24 * 60 + 1):
        expiry = {"token_expires_in": timedelta(minutes=minutes)}
        await refused(client.get_token(user, ["voip"], **expiry), 400, "ValidationError")
        await refused(client.create_user_and_token(["voip"], **expiry), 400, "ValidationError")


@case("revokes the tokens issued so far but not later ones")
async def revoke_tokens(lane, client):
    user, before = await client.create_user_and_token(["chat"])
    assert await client.revoke_tokens(user) is None
    after = await client.get_token(user, ["chat"])
    assert lane.inspect(before.token)["problem"] == "revoked"
    assert lane.inspect(after.token)["valid"]


@case("deletes a user, who then can't get a token")
async def delete_user(lane, client):
    user, token = await client.create_user_and_token(["chat"])
    assert await client.delete_user(user) is None
    assert lane.inspect(token.token)["problem"] == "userDeleted"
    error = await refused(client.get_token(user, ["chat"]), 401, "IdentityNotOwned")
    assert "Provided identity doesn't exist." in error.message, error.message


@case("exchanges a Teams user's token")
async def get_token_for_teams_user(lane, client):
    body = {"clientId": TEAMS_APP, "userObjectId": TEAMS_USER, "expiresInMinutes": 75}
    teams_token = lane.admin("POST", "/teamsUserTokens", body)["token"]
    token = await client.get_token_for_teams_user(teams_token, TEAMS_APP, TEAMS_USER)
    assert_lifetime(token, 75)
    assert lane.inspect(token.token)["userId"] == f"8:orgid:{TEAMS_USER}"


@case("reports why a Teams user's token can't be exchanged")
async def teams_refusals(lane, client):
    teams_token = lane.admin("POST", "/teamsUserTokens", {"clientId": TEAMS_APP, "userObjectId": TEAMS_USER})["token"]
    exchange = client.get_token_for_teams_user
    await refused(exchange("", TEAMS_APP, TEAMS_USER), 401, "InvalidAccessToken")
    await refused(exchange("no.JWT.token", TEAMS_APP, TEAMS_USER), 401, "InvalidAccessToken")
    await refused(exchange(teams_token, TEAMS_APP, TEAMS_APP), 400, "ValidationError")
    await refused(exchange(teams_token, TEAMS_USER, TEAMS_USER), 400, "ValidationError")


@case("reports missing and unknown scopes and an unknown service version")
async def bad_requests(lane, client):
    user = await client.create_user()
    await refused(client.get_token(user, []), 400, "ValidationError")
    await refused(client.get_token(user, ["fax"]), 400, "ValidationError")
    unknown = await lane.client(client.credential, api_version="2019-01-01")
    await refused(unknown.create_user(), 400, "UnsupportedApiVersion")


@case("can't do anything with a user of another resource")
async def foreign_user(lane, client):
    user = CommunicationUserIdentifier(OTHER_RESOURCE)
    await refused(client.get_token(user, ["chat"]), 401, "IdentityNotOwned")
    await refused(client.revoke_tokens(user), 401, "IdentityNotOwned")
    await refused(client.delete_user(user), 401, "IdentityNotOwned")


@case("succeeds after two 503 answers")
async def retry(lane, client):
    lane.admin("POST", "/faults", {"status": 503, "times": 2, "operation": "getToken"})
    user = await client.create_user()
    token = await client.get_token(user, ["chat"])
    assert lane.admin("GET", "/faults")["faults"] == []
    assert lane.inspect(token.token)["valid"]


@case("gets tokens for ids that need percent-encoding, except from a strict emulator with asyncio and a key")
async def made_up_ids(lane, client):
    # With aiohttp, the client signs the decoded path but sends the encoded one.
    has_key = client.credential != SECRET_CREDENTIAL
    is_refused = has_key and lane.is_aio and lane.info["strictness"] == "strict"
    for name in MADE_UP_IDS:
        raw_id = f"8:acs:{lane.info['resourceId']}_{name}"
        user = CommunicationUserIdentifier(raw_id)
        with contextlib.suppress(urllib.error.HTTPError):  # The user exists from an earlier case.
            lane.admin("POST", "/users", {"id": raw_id})
        if is_refused:
            await refused(client.get_token(user, ["chat"]), 401, "Denied")
        else:
            token = await client.get_token(user, ["chat"])
            assert lane.inspect(token.token)["userId"] == raw_id


@single_case("reports a wrong access key")
async def wrong_key(lane):
    key = base64.b64encode(b"\7" * 64).decode()
    client = await lane.opened(lane.with_key(lane.endpoint, key))
    await refused(client.create_user(), 401, "Denied")


@single_case("gets a diagnosis that names the slash at the end of its endpoint")
async def endpoint_with_slash(lane):
    client = await lane.opened(lane.with_key(f"{lane.endpoint}/"))
    error = await refused(client.create_user(), 401, "Denied")
    diagnosis = error.response.headers["x-ms-emulator-diagnosis"]
    assert "the Python client needs the endpoint without it" in diagnosis, diagnosis


@single_case("reports Entra ID's error for a wrong client secret")
async def wrong_secret(lane):
    client = await lane.opened(lane.Client(lane.endpoint, await lane.entra(clientSecret="another")))
    try:
        await client.create_user()
    except ClientAuthenticationError as error:
        assert "AADSTS7000215" in error.message, error.message
    else:
        raise AssertionError("the call did not fail")


@single_case("can't create a user when the application has no role on the resource")
async def no_role(lane):
    client = await lane.opened(lane.Client(lane.endpoint, await lane.entra()))
    application = {"clientId": lane.info["entra"]["clientId"]}
    lane.admin("POST", "/entra/applications", {**application, "hasRole": False})
    try:
        error = await refused(client.create_user(), 401, "Denied")
        assert "has no role" in error.response.headers["x-ms-emulator-diagnosis"]
    finally:
        lane.admin("POST", "/entra/applications", {**application, "hasRole": True})
    await client.create_user()


RESOURCE = "https://communication.azure.com//.default"
TEAMS_SCOPE = "https://auth.msft.communication.azure.com/Teams.ManageCalls"
REDIRECT_URI = "http://localhost:3000/callback"


def choose_alice(address):
    """Signs in as a person does, and returns the parameters with which the browser returns to the app."""
    link = re.search(r'<a href="([^"]*)"[^>]*><bdi>Alice<', requests.get(address, timeout=20).text)[1]
    choice = requests.get(urljoin(address, html.unescape(link)), allow_redirects=False, timeout=20)
    return dict(parse_qsl(urlsplit(choice.headers["Location"]).query))


def create_user(lane, access_token):
    headers = {"Authorization": f"Bearer {access_token}"}
    response = requests.post(f"{lane.endpoint}/identities?api-version=2023-10-01", headers=headers, timeout=20)
    assert response.status_code == 201, response.text


@single_case("shares the authority with MSAL, which signs a person in and renews, for another resource, too")
async def msal_sign_in(lane):
    entra = lane.info["entra"]
    authority = f"{entra['authorityHost']}/{entra['tenantId']}"
    secret = entra["clientSecret"]
    app = msal.ConfidentialClientApplication(
        entra["clientId"], authority=authority, client_credential=secret, instance_discovery=False
    )
    flow = app.initiate_auth_code_flow([RESOURCE], redirect_uri=REDIRECT_URI)
    signed_in = app.acquire_token_by_auth_code_flow(flow, choose_alice(flow["auth_uri"]))
    create_user(lane, signed_in["access_token"])
    [account] = app.get_accounts()
    assert account["username"] == "alice@contoso.com", account
    renewed = app.acquire_token_silent_with_error([RESOURCE], account, force_refresh=True)
    create_user(lane, renewed["access_token"])
    other = app.acquire_token_silent_with_error([TEAMS_SCOPE], account)
    assert other["scope"] == TEAMS_SCOPE, other


@single_case("shares the authority with Authlib, which sends the secret in the header, and renews")
async def authlib_sign_in(lane):
    entra = lane.info["entra"]
    issuer = f"{entra['authorityHost']}/{entra['tenantId']}/v2.0"
    metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=20).json()
    scope = f"openid profile email offline_access {RESOURCE}"
    session = OAuth2Session(entra["clientId"], entra["clientSecret"], scope=scope, redirect_uri=REDIRECT_URI)
    address, _ = session.create_authorization_url(metadata["authorization_endpoint"])
    code = choose_alice(address)["code"]
    tokens = session.fetch_token(metadata["token_endpoint"], code=code)
    keys = requests.get(metadata["jwks_uri"], timeout=20).json()
    claims = jwt.decode(tokens["id_token"], keys, claims_cls=CodeIDToken, claims_options={"iss": {"value": issuer}})
    claims.validate()
    assert claims["email"] == "alice@contoso.com", claims
    create_user(lane, tokens["access_token"])
    renewed = session.refresh_token(metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
    create_user(lane, renewed["access_token"])


async def run(mode, url):
    for title, credential, function in cases:
        lane = Lane(mode, url)
        error = None
        try:
            async with lane.open:
                if credential:
                    await function(lane, await lane.client(credential, retry_backoff_factor=0))
                else:
                    await function(lane)
        except Exception as failure:  # Any failure belongs to this case and must not end the others.
            error = f"{type(failure).__name__}: {failure}"
        print(json.dumps({"title": title, "error": error}), flush=True)


if sys.argv[1] == "--list":
    print(json.dumps({"version": VERSION, "titles": [title for title, _, _ in cases]}))
else:
    asyncio.run(run(*sys.argv[1:]))
