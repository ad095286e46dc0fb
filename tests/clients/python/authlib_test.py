"""Authlib's client for Flask, its OAuth2Session (on requests) and its check of JWT access tokens."""

import json
import os
import time
import unittest
from urllib.parse import urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6750 import InvalidTokenError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask, jsonify, request
from joserfc import jws
from joserfc.jwk import KeySet

from browser import Browser

# What the driver of these tests has prepared: tests/it/clients.rs.
SHOP = json.loads(os.environ["SHOP"])
SCOPE = "openid email profile"
CLIENT_OPTIONS = {"code_challenge_method": "S256", "default_timeout": 30}
OPENID_DOCUMENT = get_well_known_url(SHOP["issuer"], external=True, suffix="openid-configuration")
OAUTH_DOCUMENT = get_well_known_url(SHOP["issuer"], external=True)
METADATA = requests.get(OPENID_DOCUMENT, timeout=30).json()


def sign_in(address, browser=None, decision=None):
    """Signs the customer in on the hosted pages; the address that the application is called back at."""
    answers = {"email": SHOP["email"], "password": SHOP["password"], "decision": decision}
    callback = (browser or Browser()).walk(address, answers)
    assert callback.startswith(SHOP["redirect_uri"]), callback
    return callback


class Site:
    """A site that signs people in, as its developers would write it."""

    def __init__(self, application, browser=None, **client_options):
        self.browser = browser or Browser()
        flask = Flask(__name__)
        flask.secret_key = generate_token(32)
        flask.testing = True
        self.vitrine = OAuth(flask).register(
            "vitrine",
            client_id=application["client_id"],
            client_secret=application.get("client_secret"),
            server_metadata_url=OPENID_DOCUMENT,
            client_kwargs={"scope": SCOPE, **CLIENT_OPTIONS, **client_options},
        )
        flask.add_url_rule("/login", view_func=self.login)
        flask.add_url_rule("/callback", view_func=self.callback)
        flask.add_url_rule("/logout", view_func=self.logout)
        flask.add_url_rule("/signed-out", view_func=self.signed_out)
        self.flask = flask
        self.visitor = flask.test_client()

    def login(self):
        return self.vitrine.authorize_redirect(SHOP["redirect_uri"], **request.args)

    def callback(self):
        return jsonify(self.vitrine.authorize_access_token())

    def logout(self):
        return self.vitrine.logout_redirect(
            SHOP["post_logout_redirect_uri"], id_token_hint=request.args["id_token"]
        )

    def signed_out(self):
        return jsonify(self.vitrine.validate_logout_response())

    def obtain_tokens(self, decision=None, **parameters):
        address = self.visitor.get("/login", query_string=parameters).location
        return self.come_back(sign_in(address, self.browser, decision))

    def come_back(self, address):
        parts = urlsplit(address)
        return self.visitor.get(f"{parts.path}?{parts.query}").json

    def user_info(self, token):
        with self.flask.app_context():
            return self.vitrine.userinfo(token=token)


def session(application, **options):
    return OAuth2Session(
        application["client_id"],
        application.get("client_secret"),
        token_endpoint=METADATA["token_endpoint"],
        redirect_uri=SHOP["redirect_uri"],
        **CLIENT_OPTIONS,
        **options,
    )


def authorize(client):
    verifier = generate_token(48)
    address, state = client.create_authorization_url(
        METADATA["authorization_endpoint"], code_verifier=verifier, scope=SCOPE
    )
    return {"authorization_response": sign_in(address), "state": state, "code_verifier": verifier}


def introspect(client, token):
    return client.introspect_token(METADATA["introspection_endpoint"], token=token).json()


class Validator(JWTBearerTokenValidator):
    """An API of others that trusts these tokens."""

    def get_jwks(self):
        return KeySet.import_key_set(requests.get(METADATA["jwks_uri"], timeout=30).json())

    def check(self, token):
        claims = self.authenticate_token(token)
        self.validate_token(claims, None, None)
        return claims


class AuthlibTest(unittest.TestCase):
    def assert_refused(self, error, act, *arguments, **options):
        with self.assertRaises(OAuthError) as raised:
            act(*arguments, **options)
        self.assertEqual(raised.exception.error, error)

    def check_whole_session(self, application, **client_options):
        site = Site(application, **client_options)
        tokens = site.obtain_tokens()
        person = tokens["userinfo"]
        self.assertEqual(person["iss"], SHOP["issuer"])
        self.assertEqual(person["aud"], application["client_id"])
        answer = site.user_info(tokens)
        self.assertEqual((answer["sub"], answer["email"]), (person["sub"], SHOP["email"]))
        client = session(application, **client_options)
        second = client.refresh_token(refresh_token=tokens["refresh_token"])
        third = client.refresh_token(refresh_token=second["refresh_token"])
        used = {each["refresh_token"] for each in (tokens, second, third)}
        self.assertEqual(len(used), 3)
        self.assertEqual(site.user_info(third)["sub"], person["sub"])
        self.assert_refused(
            "invalid_grant", client.refresh_token, refresh_token=tokens["refresh_token"]
        )
        return jws.extract_compact(tokens["id_token"].encode()).headers()["alg"]

    def test_discovery_by_both_documents(self):
        self.assertEqual(requests.get(OAUTH_DOCUMENT, timeout=30).json(), METADATA)
        # Authlib's own check of the document wants https everywhere: as if it were so.
        text = json.dumps(METADATA).replace("http://", "https://")
        AuthorizationServerMetadata(json.loads(text)).validate()

    def test_a_public_application(self):
        self.assertEqual(self.check_whole_session(SHOP["browser"]), "RS256")

    def test_a_confidential_application_with_client_secret_basic(self):
        self.check_whole_session(SHOP["server"], token_endpoint_auth_method="client_secret_basic")

    def test_a_confidential_application_with_client_secret_post(self):
        self.check_whole_session(SHOP["server"], token_endpoint_auth_method="client_secret_post")

    def test_an_id_token_with_eddsa(self):
        self.assertEqual(self.check_whole_session(SHOP["eddsa"]), "EdDSA")

    def test_an_expired_token_is_refreshed_by_itself(self):
        tokens = Site(SHOP["browser"]).obtain_tokens()
        kept = []
        client = session(
            SHOP["browser"],
            token={**tokens, "expires_at": int(time.time()) - 1},
            update_token=lambda token, refresh_token: kept.append(token["refresh_token"]),
        )
        answer = client.get(METADATA["userinfo_endpoint"])
        self.assertEqual(answer.json()["sub"], tokens["userinfo"]["sub"])
        self.assertNotEqual(kept, [tokens["refresh_token"]])
        self.assertEqual(len(kept), 1)

    def test_consent_for_an_application_of_others(self):
        site = Site(SHOP["partner"])
        self.assert_refused("access_denied", site.obtain_tokens, decision="deny")
        self.assert_refused("consent_required", site.obtain_tokens, prompt="none")
        site.obtain_tokens(decision="allow")
        tokens = site.obtain_tokens(prompt="none")
        self.assertEqual(site.user_info(tokens)["sub"], tokens["userinfo"]["sub"])

    def test_a_wrong_verifier(self):
        client = session(SHOP["browser"])
        wrong = {**authorize(client), "code_verifier": generate_token(48)}
        self.assert_refused("invalid_grant", client.fetch_token, **wrong)

    def test_a_code_that_comes_again(self):
        client = session(SHOP["server"])
        answer = authorize(client)
        tokens = client.fetch_token(**answer)
        self.assert_refused("invalid_grant", client.fetch_token, **answer)
        self.assert_refused(
            "invalid_grant", client.refresh_token, refresh_token=tokens["refresh_token"]
        )

    def test_a_wrong_secret(self):
        for method in ("client_secret_basic", "client_secret_post"):
            wrong = {**SHOP["server"], "client_secret": "wrong"}
            client = session(wrong, token_endpoint_auth_method=method)
            self.assert_refused("invalid_client", client.fetch_token, **authorize(client))

    def test_introspection_and_revocation(self):
        client = session(SHOP["server"])
        tokens = client.fetch_token(**authorize(client))
        known = introspect(client, tokens["access_token"])
        self.assertTrue(known["active"])
        self.assertEqual(known["client_id"], SHOP["server"]["client_id"])
        self.assertTrue(introspect(client, tokens["refresh_token"])["active"])
        answer = client.revoke_token(METADATA["revocation_endpoint"])
        self.assertEqual(answer.status_code, 200)
        for token in (tokens["access_token"], tokens["refresh_token"]):
            self.assertEqual(introspect(client, token), {"active": False})

    def test_client_credentials(self):
        for method in ("client_secret_basic", "client_secret_post"):
            scope = SHOP["connection"]["scopes"][0]
            client = session(SHOP["connection"], token_endpoint_auth_method=method)
            token = client.fetch_token(grant_type="client_credentials", scope=scope)
            self.assertEqual(token["scope"], scope)
            self.assertTrue(introspect(client, token["access_token"])["active"])
            self.assert_refused(
                "invalid_scope",
                client.fetch_token,
                grant_type="client_credentials",
                scope="staff:write",
            )

    def test_an_access_token_is_a_jwt_for_apis(self):
        tokens = Site(SHOP["browser"]).obtain_tokens()
        claims = Validator(SHOP["issuer"], "vitrine").check(tokens["access_token"])
        self.assertEqual(claims["sub"], tokens["userinfo"]["sub"])
        with self.assertRaises(InvalidTokenError):
            Validator(SHOP["issuer"], "http://other.example").check(tokens["access_token"])

    def test_signing_out_and_back_to_the_application(self):
        site = Site(SHOP["browser"])
        tokens = site.obtain_tokens()
        site.obtain_tokens(prompt="none")
        leave = site.visitor.get("/logout", query_string={"id_token": tokens["id_token"]}).location
        back = site.browser.walk(leave)
        self.assertTrue(back.startswith(SHOP["post_logout_redirect_uri"]), back)
        self.assertEqual(
            site.come_back(back)["post_logout_redirect_uri"], SHOP["post_logout_redirect_uri"]
        )
        self.assert_refused("login_required", site.obtain_tokens, prompt="none")
