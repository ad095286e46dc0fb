import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as oauth from 'oauth4webapi'

import { Browser } from './browser.js'
import { shop, signIn } from './shop.js'

// Plain http on loopback.
const INSECURE = { [oauth.allowInsecureRequests]: true }
const SCOPE = 'openid email profile'
const AUDIENCE = 'vitrine'

async function discover(algorithm = 'oidc') {
  const issuer = new URL(shop.issuer)
  const response = await oauth.discoveryRequest(issuer, { algorithm, ...INSECURE })
  return oauth.processDiscoveryResponse(issuer, response)
}

const server = await discover()

// An application, or a connection, with its way to authenticate.
function party(registered, authentication = oauth.None(), metadata = {}) {
  return { client: { client_id: registered.client_id, ...metadata }, authentication }
}

const browserApplication = party(shop.browser)
const serverApplication = party(shop.server, oauth.ClientSecretBasic(shop.server.client_secret))

// Up to the answer that the application is called back with, which is validated.
async function authorize({ client }, { browser, decision, edit = () => {}, ...more } = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const address = new URL(server.authorization_endpoint)
  address.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: shop.redirect_uri,
    response_type: 'code',
    scope: SCOPE,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  })
  const callback = await signIn(address, { browser, decision })
  edit(callback.searchParams)
  return { verifier, nonce, answer: oauth.validateAuthResponse(server, client, callback, state) }
}

async function exchange({ client, authentication }, { answer, verifier, nonce }, maxAge) {
  const { redirect_uri } = shop
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, authentication, answer, redirect_uri, verifier, INSECURE,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
    maxAge,
  })
  // The signature too, which this library leaves to TLS otherwise.
  await oauth.validateApplicationLevelSignature(server, response, INSECURE)
  return tokens
}

async function obtainTokens(party, options) {
  return exchange(party, await authorize(party, options))
}

async function refresh({ client, authentication }, { refresh_token }) {
  const response = await oauth.refreshTokenGrantRequest(
    server, client, authentication, refresh_token, INSECURE,
  )
  const tokens = await oauth.processRefreshTokenResponse(server, client, response)
  await oauth.validateApplicationLevelSignature(server, response, INSECURE)
  return tokens
}

const subject = (tokens) => oauth.getValidatedIdTokenClaims(tokens).sub

async function userInfo({ client }, tokens, sub = subject(tokens)) {
  const response = await oauth.userInfoRequest(server, client, tokens.access_token, INSECURE)
  return oauth.processUserInfoResponse(server, client, sub, response)
}

async function introspect({ client, authentication }, token) {
  const response = await oauth.introspectionRequest(server, client, authentication, token, INSECURE)
  return oauth.processIntrospectionResponse(server, client, response)
}

async function revoke({ client, authentication }, token) {
  const response = await oauth.revocationRequest(server, client, authentication, token, INSECURE)
  return oauth.processRevocationResponse(response)
}

async function askAsClient({ client, authentication }, parameters) {
  const response = await oauth.clientCredentialsGrantRequest(
    server, client, authentication, parameters, INSECURE,
  )
  return oauth.processClientCredentialsResponse(server, client, response)
}

// As an API of others would that trusts these tokens.
function validateAccessToken(token, audience = AUDIENCE) {
  const headers = { authorization: `Bearer ${token}` }
  const request = new Request('http://api.example/things', { headers })
  return oauth.validateJwtAccessToken(server, request, audience, INSECURE)
}

async function checkWholeSession(party) {
  const tokens = await obtainTokens(party)
  const sub = subject(tokens)
  assert.equal((await userInfo(party, tokens)).email, shop.email)
  await assert.rejects(userInfo(party, tokens, 'somebody else'))
  const second = await refresh(party, tokens)
  const third = await refresh(party, second)
  assert.equal(new Set([tokens, second, third].map((each) => each.refresh_token)).size, 3)
  assert.equal((await userInfo(party, third, sub)).sub, sub)
  await assert.rejects(refresh(party, tokens), { error: 'invalid_grant' })
}

test('discovery by both documents', async () => {
  assert.deepEqual(await discover('oauth2'), server)
  assert.ok(server.code_challenge_methods_supported.includes('S256'))
})

test('a public application', () => checkWholeSession(browserApplication))

for (const method of ['ClientSecretBasic', 'ClientSecretPost']) {
  test(`a confidential application with ${method}`, async () => {
    await checkWholeSession(party(shop.server, oauth[method](shop.server.client_secret)))
  })
}

test('an id token with EdDSA', async () => {
  const metadata = { id_token_signed_response_alg: 'EdDSA' }
  await checkWholeSession(party(shop.eddsa, oauth.None(), metadata))
})

test('auth_time where max_age is asked for', async () => {
  const answer = await authorize(browserApplication, { max_age: 60 })
  const tokens = await exchange(browserApplication, answer, 60)
  assert.equal(typeof oauth.getValidatedIdTokenClaims(tokens).auth_time, 'number')
})

test('consent for an application of others', async () => {
  const partner = party(shop.partner)
  const browser = new Browser()
  await assert.rejects(authorize(partner, { browser, decision: 'deny' }), { error: 'access_denied' })
  await assert.rejects(authorize(partner, { browser, prompt: 'none' }), { error: 'consent_required' })
  await obtainTokens(partner, { browser, decision: 'allow' })
  await userInfo(partner, await obtainTokens(partner, { browser, prompt: 'none' }))
})

test('an answer of another issuer is refused', async () => {
  const refused = { code: oauth.INVALID_RESPONSE }
  const without = (answer) => answer.delete('iss')
  await assert.rejects(authorize(browserApplication, { edit: without }), refused)
  const other = (answer) => answer.set('iss', 'http://other.example')
  await assert.rejects(authorize(browserApplication, { edit: other }), refused)
})

test('a wrong verifier', async () => {
  const answer = await authorize(browserApplication)
  const wrong = { ...answer, verifier: oauth.generateRandomCodeVerifier() }
  await assert.rejects(exchange(browserApplication, wrong), { error: 'invalid_grant' })
})

test('a code that comes again', async () => {
  const answer = await authorize(serverApplication)
  const tokens = await exchange(serverApplication, answer)
  await assert.rejects(exchange(serverApplication, answer), { error: 'invalid_grant' })
  await assert.rejects(refresh(serverApplication, tokens), { error: 'invalid_grant' })
})

test('a wrong secret', async () => {
  const basic = party(shop.server, oauth.ClientSecretBasic('wrong'))
  await assert.rejects(obtainTokens(basic), { status: 401, code: oauth.WWW_AUTHENTICATE_CHALLENGE })
  const post = party(shop.server, oauth.ClientSecretPost('wrong'))
  await assert.rejects(obtainTokens(post), { status: 401, error: 'invalid_client' })
})

test('introspection and revocation', async () => {
  const tokens = await obtainTokens(serverApplication)
  const { active, sub, client_id } = await introspect(serverApplication, tokens.access_token)
  assert.deepEqual({ active, sub, client_id }, {
    active: true,
    sub: subject(tokens),
    client_id: shop.server.client_id,
  })
  assert.ok((await introspect(serverApplication, tokens.refresh_token)).active)
  await revoke(serverApplication, tokens.refresh_token)
  assert.ok(!(await introspect(serverApplication, tokens.refresh_token)).active)
  assert.ok(!(await introspect(serverApplication, tokens.access_token)).active)
  await assert.rejects(refresh(serverApplication, tokens), { error: 'invalid_grant' })
})

for (const method of ['ClientSecretBasic', 'ClientSecretPost']) {
  test(`client credentials with ${method}`, async () => {
    const connection = party(shop.connection, oauth[method](shop.connection.client_secret))
    const [scope] = shop.connection.scopes
    const token = await askAsClient(connection, { scope })
    assert.equal(token.scope, scope)
    assert.ok((await introspect(connection, token.access_token)).active)
    await assert.rejects(askAsClient(connection, { scope: 'staff:write' }), { error: 'invalid_scope' })
    const claims = await validateAccessToken(token.access_token)
    assert.equal(claims.sub, shop.connection.client_id)
  })
}

test('an access token is a JWT for APIs', async () => {
  const tokens = await obtainTokens(browserApplication)
  const claims = await validateAccessToken(tokens.access_token)
  assert.equal(claims.sub, subject(tokens))
  assert.equal(claims.client_id, shop.browser.client_id)
  await assert.rejects(validateAccessToken(tokens.access_token, 'http://other.example'))
  await assert.rejects(validateAccessToken(tokens.id_token))
})

test('signing out, and back to the application', async () => {
  const browser = new Browser()
  const { id_token } = await obtainTokens(browserApplication, { browser })
  await obtainTokens(browserApplication, { browser, prompt: 'none' })
  const state = oauth.generateRandomState()
  const address = new URL(server.end_session_endpoint)
  address.search = new URLSearchParams({
    id_token_hint: id_token,
    post_logout_redirect_uri: shop.post_logout_redirect_uri,
    state,
  })
  const { left, text } = await browser.walk(address)
  assert.equal(left?.href, `${shop.post_logout_redirect_uri}?state=${state}`, text)
  const silent = authorize(browserApplication, { browser, prompt: 'none' })
  await assert.rejects(silent, { error: 'login_required' })
})
