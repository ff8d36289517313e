/** Reads the code of an acknowledgement or a refusal from its first bytes; null for anything else. */
export function codeIn(data: Buffer | string): string | null {
  const head = typeof data === 'string' ? data.slice(0, 300) : data.toString('latin1', 0, 300)
  const code = /"code":"(\w+)"/.exec(head)?.[1]
  if (code) return code
  return head.includes('"ok":true') ? 'ok' : null
}
