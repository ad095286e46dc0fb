import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as client from 'openid-client'

import { Browser } from './browser.js'
import { shop, signIn } from './shop.js'

const SCOPE = 'openid email profile'

function discover(application, authentication, { algorithm = 'oidc', ...metadata } = {}) {
  return client.discovery(new URL(shop.issuer), application.client_id, metadata, authentication, {
    algorithm,
    // Plain http on loopback; and signatures of id tokens too, which this library leaves to TLS otherwise.
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  })
}

const browserApplication = () => discover(shop.browser, client.None())
const serverApplication = () =>
  discover(shop.server, client.ClientSecretBasic(shop.server.client_secret))

async function authorize(config, { browser, decision, ...more } = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  }
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: shop.redirect_uri,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  })
  return { callback: await signIn(address, { browser, decision }), checks }
}

async function obtainTokens(config, options) {
  const { callback, checks } = await authorize(config, options)
  return client.authorizationCodeGrant(config, callback, checks)
}

async function checkWholeSession(config) {
  const tokens = await obtainTokens(config)
  const { sub } = tokens.claims()
  const person = await client.fetchUserInfo(config, tokens.access_token, sub)
  assert.equal(person.email, shop.email)
  const second = await client.refreshTokenGrant(config, tokens.refresh_token)
  const third = await client.refreshTokenGrant(config, second.refresh_token)
  assert.equal(third.claims().sub, sub)
  assert.equal(new Set([tokens, second, third].map((each) => each.refresh_token)).size, 3)
  await client.fetchUserInfo(config, third.access_token, sub)
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
}

for (const algorithm of ['oidc', 'oauth2']) {
  test(`discovery by the ${algorithm} document`, async () => {
    const config = await discover(shop.browser, client.None(), { algorithm })
    assert.equal(config.serverMetadata().issuer, shop.issuer)
    assert.ok(config.serverMetadata().supportsPKCE())
    await obtainTokens(config)
  })
}

test('a public application', async () => checkWholeSession(await browserApplication()))

for (const method of ['ClientSecretBasic', 'ClientSecretPost']) {
  test(`a confidential application with ${method}`, async () => {
    await checkWholeSession(await discover(shop.server, client[method](shop.server.client_secret)))
  })
}

test('an id token with EdDSA', async () => {
  const metadata = { id_token_signed_response_alg: 'EdDSA' }
  await checkWholeSession(await discover(shop.eddsa, client.None(), metadata))
})

test('auth_time where max_age is asked for', async () => {
  const config = await browserApplication()
  const { callback, checks } = await authorize(config, { max_age: 60 })
  const tokens = await client.authorizationCodeGrant(config, callback, { ...checks, maxAge: 60 })
  assert.equal(typeof tokens.claims().auth_time, 'number')
})

test('consent for an application of others', async () => {
  const config = await discover(shop.partner, client.None())
  const browser = new Browser()
  await assert.rejects(obtainTokens(config, { browser, decision: 'deny' }), { error: 'access_denied' })
  await assert.rejects(obtainTokens(config, { browser, prompt: 'none' }), { error: 'consent_required' })
  await obtainTokens(config, { browser, decision: 'allow' })
  const tokens = await obtainTokens(config, { browser, prompt: 'none' })
  await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
})

test('an answer of another issuer is refused', async () => {
  const config = await browserApplication()
  for (const iss of [null, 'http://other.example']) {
    const { callback, checks } = await authorize(config)
    callback.searchParams.delete('iss')
    if (iss) callback.searchParams.set('iss', iss)
    await assert.rejects(client.authorizationCodeGrant(config, callback, checks), {
      code: 'OAUTH_INVALID_RESPONSE',
    })
  }
})

test('a wrong verifier', async () => {
  const config = await browserApplication()
  const { callback, checks } = await authorize(config)
  const wrong = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }
  await assert.rejects(client.authorizationCodeGrant(config, callback, wrong), { error: 'invalid_grant' })
})

test('a code that comes again', async () => {
  const config = await serverApplication()
  const { callback, checks } = await authorize(config)
  const tokens = await client.authorizationCodeGrant(config, callback, checks)
  await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: 'invalid_grant' })
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
})

test('a wrong secret', async () => {
  for (const [method, expected] of [
    ['ClientSecretBasic', { status: 401, code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' }],
    ['ClientSecretPost', { status: 401, error: 'invalid_client' }],
  ]) {
    const config = await discover(shop.server, client[method]('wrong'))
    await assert.rejects(obtainTokens(config), expected)
  }
})

test('introspection and revocation', async () => {
  const config = await serverApplication()
  const tokens = await obtainTokens(config)
  const isActive = async (token) => (await client.tokenIntrospection(config, token)).active
  const { active, sub, client_id } = await client.tokenIntrospection(config, tokens.access_token)
  assert.deepEqual({ active, sub, client_id }, {
    active: true,
    sub: tokens.claims().sub,
    client_id: shop.server.client_id,
  })
  assert.ok(await isActive(tokens.refresh_token))
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' })
  assert.ok(!(await isActive(tokens.refresh_token)))
  assert.ok(!(await isActive(tokens.access_token)))
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
})

for (const method of ['ClientSecretBasic', 'ClientSecretPost']) {
  test(`client credentials with ${method}`, async () => {
    const config = await discover(shop.connection, client[method](shop.connection.client_secret))
    const [scope] = shop.connection.scopes
    const token = await client.clientCredentialsGrant(config, { scope })
    assert.equal(token.scope, scope)
    assert.ok((await client.tokenIntrospection(config, token.access_token)).active)
    const wrong = client.clientCredentialsGrant(config, { scope: 'staff:write' })
    await assert.rejects(wrong, { error: 'invalid_scope' })
  })
}

// With an id token at once; without, the person is asked.
for (const hint of [true, false]) {
  test(`signing out ${hint ? 'with' : 'without'} an id token, and back to the application`, async () => {
    const config = await browserApplication()
    const browser = new Browser()
    const { id_token, refresh_token } = await obtainTokens(config, { browser })
    await obtainTokens(config, { browser, prompt: 'none' })
    const state = client.randomState()
    const address = client.buildEndSessionUrl(config, {
      ...(hint && { id_token_hint: id_token }),
      post_logout_redirect_uri: shop.post_logout_redirect_uri,
      state,
    })
    const { left, text } = await browser.walk(address)
    assert.equal(left?.href, `${shop.post_logout_redirect_uri}?state=${state}`, text)
    await assert.rejects(obtainTokens(config, { browser, prompt: 'none' }), { error: 'login_required' })
    const refreshed = client.refreshTokenGrant(config, refresh_token)
    await (hint ? assert.rejects(refreshed, { error: 'invalid_grant' }) : refreshed)
  })
}
