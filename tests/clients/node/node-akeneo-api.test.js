// node-akeneo-api: a whole cycle of managing a catalog, by its calls and by its tasks.

import assert from 'node:assert/strict'
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import akeneo from 'node-akeneo-api'

import { shop } from './shop.js'

// The smallest picture: one pixel.
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const folder = mkdtempSync(join(tmpdir(), 'node-akeneo-api-'))
const value = (data, locale = null, scope = null) => [{ locale, scope, data }]

const errors = []
const quiet = { debug() {}, info() {}, warn() {}, error: (...words) => errors.push(words) }

akeneo.setLogger(quiet)
akeneo.setBaseUrl(shop.issuer)
akeneo.setExportPath(folder)
akeneo.setClientId(shop.connection.client_id)
akeneo.setSecret(shop.connection.client_secret)
akeneo.setUsername(shop.connection.username)
akeneo.setPassword(shop.connection.password)

async function accept(path, things) {
  const { responses, statusCode } = await akeneo.patchVndAkeneoCollection(path, things)
  assert.equal(statusCode, 200)
  assert.equal(responses.length, things.length)
  for (const response of responses) assert.ok([201, 204].includes(response.status_code), JSON.stringify(response))
}

async function find(path, code) {
  const things = await akeneo.get(path)
  return things.find((thing) => thing.code === code)
}

// A file of the tasks: one thing per line.
const write = (name, things) =>
  writeFileSync(join(folder, name), things.map((thing) => `${JSON.stringify(thing)}\n`).join(''))
const read = (name) =>
  readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))

before(async () => {
  await accept(akeneo.apiUrlCategories(), [{ code: 'master' }, { code: 'kitchen', parent: 'master' }])
  const created = await akeneo.post(akeneo.apiUrlChannels(), {
    code: 'ecommerce', category_tree: 'master', locales: ['en_US', 'de_DE'], currencies: ['EUR'],
  })
  assert.equal(created.statusCode, 201)
  await accept(akeneo.apiUrlAttributes(), [
    { code: 'name', type: 'pim_catalog_text', group: 'other', localizable: true },
    { code: 'color', type: 'pim_catalog_simpleselect', group: 'other' },
    { code: 'picture', type: 'pim_catalog_image', group: 'other', allowed_extensions: ['png'] },
  ])
  await accept(akeneo.apiUrlAttributeOptions('color'), [{ code: 'red' }, { code: 'blue' }])
  await accept(akeneo.apiUrlFamilies(), [{
    code: 'mugs', attributes: ['sku', 'name', 'color', 'picture'], attribute_as_label: 'name',
    attribute_as_image: 'picture',
  }])
  await accept(akeneo.apiUrlFamilyVariants('mugs'), [{
    code: 'mugs_by_color', variant_attribute_sets: [{ level: 1, axes: ['color'], attributes: ['color'] }],
  }])
})

after(() => rmSync(folder, { recursive: true }))

test('what is only read', async () => {
  assert.deepEqual(await find(akeneo.apiUrlLocales(), 'de_DE'), { code: 'de_DE', enabled: true })
  assert.ok((await akeneo.get(akeneo.apiUrlLocales())).length > 100)
  assert.equal((await find(akeneo.apiUrlCurrencies(), 'EUR')).enabled, true)
  const { standard } = await find(akeneo.apiUrlMeasureFamilies(), 'Weight')
  const { standard_unit_code } = await find(akeneo.apiUrlMeasurementFamilies(), 'Weight')
  assert.equal(standard, standard_unit_code)
})

test('more things than one request or one page takes', async () => {
  const shelves = Array.from({ length: 230 }, (_, number) => ({ code: `shelf_${number}`, parent: 'kitchen' }))
  await accept(akeneo.apiUrlCategories(), shelves)
  const search = encodeURIComponent(JSON.stringify({ parent: [{ operator: '=', value: 'kitchen' }] }))
  const found = await akeneo.get(`${akeneo.apiUrlCategories()}?search=${search}`)
  assert.deepEqual(new Set(found.map(({ code }) => code)), new Set(shelves.map(({ code }) => code)))
  assert.ok(found.every(({ parent }) => parent === 'kitchen'))
})

test('a thing is created, changed and deleted', async () => {
  const made = await akeneo.post(akeneo.apiUrlProducts(), { identifier: 'MUG-1', family: 'mugs' })
  assert.equal(made.statusCode, 201)
  const changed = await akeneo.patch(akeneo.apiUrlProducts('MUG-1'), { values: { color: value('red') } })
  assert.equal(changed.statusCode, 204)
  const [mug] = await akeneo.get(akeneo.apiUrlProducts('MUG-1'))
  assert.deepEqual(mug.values, { sku: value('MUG-1'), color: value('red') })
  const refused = await akeneo.patch(akeneo.apiUrlProducts('MUG-1'), { values: { color: value('tommh') } })
  assert.equal(refused.statusCode, 422)
  assert.deepEqual(refused.errors, [{
    property: 'values', attribute: 'color', locale: null, scope: null,
    message: 'The tommh value is not in the color attribute option list.',
  }])
  const search = encodeURIComponent(JSON.stringify({ color: [{ operator: 'IN', value: ['red'] }] }))
  const found = await akeneo.get(`${akeneo.apiUrlProducts()}?search=${search}`)
  assert.deepEqual(found.map(({ identifier }) => identifier), ['MUG-1'])
  assert.equal((await akeneo.delete_(akeneo.apiUrlProducts('MUG-1'), {})).statusCode, 204)
  assert.equal((await akeneo.patch(akeneo.apiUrlFamilies('mugs'), { labels: { en_US: 'Mugs' } })).statusCode, 204)
  assert.deepEqual((await find(akeneo.apiUrlFamilies(), 'mugs')).labels, { en_US: 'Mugs' })
})

test('each sort of thing is created, changed, found and deleted', async () => {
  const labels = { labels: { en_US: 'Passing' } }
  const sorts = [
    [akeneo.apiUrlCategories, { parent: 'master' }],
    [akeneo.apiUrlAttributeGroups, { sort_order: 1 }],
    [akeneo.apiUrlAssociationTypes, { is_quantified: true }],
    [akeneo.apiUrlGroups, { type: 'EVENT' }],
    [akeneo.apiUrlChannels, { category_tree: 'master', locales: ['en_US'], currencies: ['EUR'] }],
    [akeneo.apiUrlAttributes, { type: 'pim_catalog_text', group: 'other' }],
    [(code) => akeneo.apiUrlAttributeOptions('color', code), { sort_order: 7 }],
    [akeneo.apiUrlFamilies, { attributes: ['name', 'sku'] }],
    [(code) => akeneo.apiUrlFamilyVariants('mugs', code), {
      variant_attribute_sets: [{ level: 1, axes: ['color'], attributes: ['color', 'sku'] }],
    }],
    [akeneo.apiUrlProductModels, { family_variant: 'mugs_by_color' }, { values: { name: value('Passing', 'en_US') } }],
  ]
  for (const [url, body, change = labels] of sorts) {
    const { statusCode } = await akeneo.post(url(), { code: 'passing', ...body })
    assert.equal(statusCode, 201, url())
    assert.equal((await akeneo.patch(url('passing'), change)).statusCode, 204, url())
    const found = await find(url(), 'passing')
    for (const [name, written] of Object.entries({ ...body, ...change })) assert.deepEqual(found[name], written, url())
    assert.equal((await akeneo.delete_(url('passing'), {})).statusCode, 204, url())
    assert.equal(await find(url(), 'passing'), undefined, url())
  }
})

test('a picture is uploaded for a product and a model, and downloaded', async () => {
  await accept(akeneo.apiUrlProducts(), [{ identifier: 'PICTURED', family: 'mugs' }])
  await accept(akeneo.apiUrlProductModels(), [{ code: 'pictured', family_variant: 'mugs_by_color' }])
  const file = join(folder, 'pixel.png')
  writeFileSync(file, PICTURE)
  const upload = (owner) => akeneo.postMultipartFormData(
    akeneo.apiUrlProductMediaFiles(), createReadStream(file),
    { ...owner, attribute: 'picture', locale: null, scope: null },
  )
  const location = await upload({ identifier: 'PICTURED' })
  assert.ok(location.startsWith(`${shop.issuer}/api/rest/v1/media-files/`), location)
  await upload({ code: 'pictured' })
  const [product] = await akeneo.get(akeneo.apiUrlProducts('PICTURED'))
  const [{ data, _links }] = product.values.picture
  assert.ok(location.endsWith(data), location)
  await akeneo.download(data, _links.download.href)
  const { path, name } = akeneo.splitMediaFileData(data)
  const place = join(folder, path, name)
  const downloaded = () => (existsSync(place) ? readFileSync(place) : Buffer.alloc(0))
  // It does not wait until the file is made and written.
  while (downloaded().length < PICTURE.length) await setImmediate()
  assert.deepEqual(downloaded(), PICTURE)
  const model = await find(akeneo.apiUrlProductModels(), 'pictured')
  assert.equal(model.values.picture[0].data, data)
})

test('tasks import structure and products, and export them again', async () => {
  write('categories.vac', [{ code: 'imported', parent: 'master', labels: { en_US: 'Imported' } }])
  write('attributeGroups.vac', [{ code: 'imported', sort_order: 3 }])
  write('attributes.vac', [{ code: 'size', type: 'pim_catalog_simpleselect', group: 'imported' }])
  write('attributeOptions.vac', ['l', 'm', 's'].map((code) => ({ attribute: 'size', code, sort_order: 1 })))
  write('families.vac', [{ code: 'cups', attributes: ['sku', 'name', 'size'], attribute_as_label: 'name' }])
  write('familyVariants.vac', [{
    family: 'cups', code: 'cups_by_size',
    variant_attribute_sets: [{ level: 1, axes: ['size'], attributes: ['size'] }],
  }])
  write('associationTypes.vac', [{ code: 'imported', labels: { en_US: 'Imported' }, is_two_way: true }])
  write('channels.vac', [{
    code: 'print', category_tree: 'master', locales: ['en_US'], currencies: ['EUR'], conversion_units: {},
  }])
  write('productModels.vac', [{ code: 'cup', family_variant: 'cups_by_size', values: { name: value('Cup', 'en_US') } }])
  // In order of their identifiers: one that is referred to, then one that refers to it.
  write('products.vac', [['m', []], ['s', ['CUP-m']]].map(([size, products]) => ({
    identifier: `CUP-${size}`, parent: 'cup', categories: ['imported'], values: { size: value(size) },
    associations: { imported: { products, product_models: [], groups: [] } },
  })))
  errors.length = 0
  for (const noun of [
    'Categories', 'AttributeGroups', 'Attributes', 'AttributeOptions', 'Families', 'FamilyVariants',
    'AssociationTypes', 'Channels', 'ProductModels', 'Products',
  ]) {
    await akeneo[`import${noun}`]()
    assert.deepEqual(errors, [], noun)
  }
  for (const noun of [
    'Categories', 'AttributeGroups', 'Attributes', 'Families', 'AssociationTypes', 'Channels', 'Currencies',
    'Locales', 'MeasureFamilies', 'MeasurementFamilies', 'ProductModels', 'Products', 'Groups',
  ]) {
    await akeneo[`export${noun}`]()
    assert.deepEqual(errors, [], noun)
  }
  const exported = (name, code) => read(name).find((thing) => (thing.code ?? thing.identifier) === code)
  assert.deepEqual(exported('categories.vac', 'imported').labels, { en_US: 'Imported' })
  assert.deepEqual(exported('attributeGroups.vac', 'imported').attributes, ['size'])
  assert.equal(exported('attributes.vac', 'size').type, 'pim_catalog_simpleselect')
  assert.equal(exported('attributeOptions.vac', 'm').attribute, 'size')
  assert.equal(exported('families.vac', 'cups').attribute_as_label, 'name')
  assert.deepEqual(exported('familyVariants.vac', 'cups_by_size').variant_attribute_sets[0].axes, ['size'])
  assert.equal(exported('associationTypes.vac', 'imported').is_two_way, true)
  assert.equal(exported('channels.vac', 'print').category_tree, 'master')
  assert.equal(exported('locales.vac', 'en_US').enabled, true)
  assert.deepEqual(exported('productModels.vac', 'cup').values.name, value('Cup', 'en_US'))
  const cup = exported('products.vac', 'CUP-m')
  assert.deepEqual(cup.values, { sku: value('CUP-m'), name: value('Cup', 'en_US'), size: value('m') })
  assert.deepEqual(cup.associations.imported.products, ['CUP-s'])
})

test('what was exported is imported again and changes nothing', async () => {
  await accept(akeneo.apiUrlProducts(), [{ identifier: 'AGAIN', family: 'mugs', categories: ['kitchen'] }])
  await akeneo.exportProducts()
  const before = read('products.vac')
  errors.length = 0
  await akeneo.importProducts()
  assert.deepEqual(errors, [])
  await akeneo.exportProducts()
  assert.deepEqual(
    read('products.vac').map((product) => ({ ...product, updated: null, values: { ...product.values, picture: null } })),
    before.map((product) => ({ ...product, updated: null, values: { ...product.values, picture: null } })),
  )
})
