// A person and their browser, without scripts: it keeps cookies, follows redirects, and sends the forms that
// it is shown with what the person types.

import { parse } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'

const MOST_STEPS = 12
const TIMEOUT_MS = 30_000

export class Browser {
  #jar = new CookieJar()

  // Goes on from an address until a redirect leaves for another place, which is returned as `left`, or until
  // a page asks nothing, which is returned as `text`.
  async walk(address, answers = {}) {
    const home = new URL(address).origin
    let next = { url: new URL(address) }
    for (let step = 0; step < MOST_STEPS; step++) {
      if (next.url.origin !== home) return { left: next.url }
      const response = await this.#send(next)
      const location = response.headers.get('location')
      if (location) {
        next = { url: new URL(location, next.url) }
        continue
      }
      const page = parse(await response.text())
      const form = page.querySelector('form')
      if (!form) return { text: page.querySelector('main')?.text.trim() }
      next = fillIn(form, next.url, answers)
    }
    throw new Error(`no end of pages at ${next.url}`)
  }

  async #send({ url, body }) {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      body,
      headers: { cookie: await this.#jar.getCookieString(url.href) },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    for (const cookie of response.headers.getSetCookie()) {
      await this.#jar.setCookie(cookie, url.href)
    }
    return response
  }
}

// The request that sends a form: its fields as they are, where the person has no answer of their own, and the
// button that they press.
function fillIn(form, url, answers) {
  const body = new URLSearchParams()
  for (const field of form.querySelectorAll('input')) {
    const name = field.getAttribute('name')
    const value = answers[name] ?? field.getAttribute('value') ?? ''
    if (!value && field.hasAttribute('required')) throw new Error(`nobody knows what ${name} is`)
    body.append(name, value)
  }
  const buttons = form.querySelectorAll('button[name]')
  const isPressed = (button) => answers[button.getAttribute('name')] === button.getAttribute('value')
  const pressed = buttons.find(isPressed)
  if (pressed) body.append(pressed.getAttribute('name'), pressed.getAttribute('value'))
  if (buttons.length && !pressed) throw new Error(`nobody knows what to press: ${form.text}`)
  if (form.getAttribute('method') !== 'post') throw new Error('only forms that post are known')
  return { url: new URL(form.getAttribute('action'), url), body }
}
