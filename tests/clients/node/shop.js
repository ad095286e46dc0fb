// What the driver of these tests has prepared: tests/it/clients.rs.

import { Browser } from './browser.js'

export const shop = JSON.parse(process.env.SHOP)

// Signs the customer in on the hosted pages; the address that the application is called back at.
export async function signIn(address, { browser = new Browser(), decision } = {}) {
  const answers = { email: shop.email, password: shop.password, decision }
  const { left, text } = await browser.walk(address, answers)
  if (!left?.href.startsWith(shop.redirect_uri)) throw new Error(`not sent back: ${left ?? text}`)
  return left
}
