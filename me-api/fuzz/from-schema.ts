import fc from 'fast-check'

/** The part of JSON Schema that the API description and zod use. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  maxItems?: number
}

/** Values with a meaning in this API, by name; `$…` is replaced when the case runs. */
export type Meanings = Record<string, fc.Arbitrary<unknown>>

/** Generates values that a schema accepts, and values just beyond its limits. */
export function fromSchema(schema: Schema, meanings: Meanings, name = ''): fc.Arbitrary<unknown> {
  const known = Object.hasOwn(meanings, name) ? meanings[name] : undefined
  const usual = bySchema(schema, meanings)
  return known ? fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: usual }) : usual
}

function bySchema(schema: Schema, meanings: Meanings): fc.Arbitrary<unknown> {
  const { anyOf, oneOf, allOf, type } = schema
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const alternatives = anyOf ?? oneOf ?? allOf
  if (alternatives) return fc.oneof(...alternatives.map((one) => fromSchema(one, meanings)))
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => bySchema({ ...schema, type: one }, meanings)))
  if (type === 'object') return objects(schema, meanings)
  if (type === 'array') {
    const maxLength = Math.min((schema.maxItems ?? 5) + 1, 20)
    return fc.array(fromSchema(schema.items ?? {}, meanings), { maxLength })
  }
  if (type === 'string') return strings(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (type === 'integer' || type === 'number') return numbers(schema)
  return fc.jsonValue({ maxDepth: 2 })
}

function objects({ properties = {}, required = [] }: Schema, meanings: Meanings): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [
    name,
    fromSchema(schema, meanings, name),
  ])
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required.filter((name) => name in properties),
  })
}

function strings({ format, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'uuid' || format === 'guid') return fc.uuid()
  if (format === 'email') return fc.emailAddress()
  const edges = [minLength - 1, minLength, maxLength, maxLength + 1].filter(
    (length) => length >= 0 && length < 70_000,
  )
  return fc.oneof(
    fc.string({ maxLength: Math.min(maxLength, 100) }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(...edges).map((length) => 'x'.repeat(length)),
  )
}

function numbers({ minimum = -10, maximum = 2 ** 53 }: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, minimum + 200) }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum - 1, minimum, maximum, maximum + 1, 0, -1, 1.5, 1e21) },
  )
}
