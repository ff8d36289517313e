import fc from 'fast-check'

/** Invalid values: of the wrong kind, names of built-in properties, malformed text. */
const invalidValues = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    '__proto__',
    'constructor',
    '\0',
    '\ud800',
    '%00',
    '..',
  ),
  fc.constantFrom<unknown>([], {}, [[]], [null], { length: 1e9 }, { toString: 1 }),
  fc.constantFrom('(', '"', "' or 1=1 --", 'NEAR(', '{{1+1}}', '${1}', '\u202e', 'a'.repeat(70_000)),
  fc.constantFrom(
    ')'.repeat(3_000),
    '['.repeat(3_000),
    '*a '.repeat(1_000),
    '> '.repeat(1_000),
    '\u0301'.repeat(3_000),
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Invalid values as text, short enough for a part of a URL. */
export const invalidText: fc.Arbitrary<string> = invalidValues.map((value) =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 500),
)

/** Nested JSON arrays, deeper than any client would send. */
const deeplyNested = fc
  .integer({ min: 10, max: 2_000 })
  .map((depth) => `${'['.repeat(depth)}1${']'.repeat(depth)}`)

/** Generates a value as it is, slightly changed, or entirely different. */
export function corrupted(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary: values },
    { weight: 3, arbitrary: fc.tuple(values, fc.nat(), invalidValues).map(withOneWrong) },
    { weight: 1, arbitrary: fc.tuple(values, fc.nat()).map(withoutOne) },
    { weight: 1, arbitrary: invalidValues },
  )
}

function withOneWrong([value, at, odd]: [unknown, number, unknown]): unknown {
  const names = namesOf(value)
  const name = names[at % (names.length + 1)] ?? '__proto__'
  // Defined instead of assigned, so that a field of any name is really sent.
  return Object.defineProperty({ ...(value as object) }, name, { value: odd, enumerable: true })
}

function withoutOne([value, at]: [unknown, number]): unknown {
  const names = namesOf(value)
  const { [names[at % names.length] ?? '']: _, ...rest } = (value ?? {}) as Record<string, unknown>
  return rest
}

const namesOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : []

/** Generates JSON, and sometimes text that only resembles it. */
export function asText(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const json = values.map((value) => JSON.stringify(value) ?? 'null')
  return fc.oneof(
    { weight: 20, arbitrary: json },
    { weight: 1, arbitrary: fc.tuple(json, fc.nat(), fc.string()).map(withCorruptText) },
    { weight: 1, arbitrary: deeplyNested },
  )
}

function withCorruptText([text, at, patch]: [string, number, string]): string {
  const place = at % (text.length + 1)
  return text.slice(0, place) + patch + text.slice(place + 1)
}
