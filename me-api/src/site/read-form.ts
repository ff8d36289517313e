import { Refusal } from '../errors.ts'

/** Whether a body is a form's, in UTF-8. */
export function isForm(contentType = ''): boolean {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase())
  return (
    type === 'application/x-www-form-urlencoded' &&
    parameters.every((parameter) => ['', 'charset=utf-8', 'charset="utf-8"'].includes(parameter))
  )
}

/**
 * Reads fields that a form may send once each; one that is missing is empty.
 * @throws {Refusal} INVALID where one is sent twice, or something is no UTF-8
 */
export function readForm<Name extends string>(body: Uint8Array, names: Name[]): Record<Name, string> {
  const sent = fieldsOf(body)
  const entries = names.map((name) => {
    const values = sent.flatMap(([other, value]) => (other === name ? [value] : []))
    if (values.length > 1) throw new Refusal('INVALID', `${name}: must be sent once`, { pointer: `/${name}` })
    return [name, values[0] ?? '']
  })
  return Object.fromEntries(entries) as Record<Name, string>
}

/** Strict, because characters that were replaced cannot be told from those that were meant. */
function fieldsOf(body: Uint8Array): [name: string, value: string][] {
  try {
    const pairs = new TextDecoder('utf-8', { fatal: true }).decode(body).split('&')
    return pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [decode(name), decode(value.join('='))]
    })
  } catch {
    throw new Refusal('INVALID', 'The form is not in UTF-8.')
  }
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
