const COMPLETE = /^(?:https?:\/\/|mailto:)/i
/** Another scheme, and not a host with its port. */
const OTHER_SCHEME = /^[a-z][a-z\d+.-]*:(?!\d{1,5}(?:[/?#]|$))/i
const EMAIL = /^[^\s/@]+@[^\s/@.]+(?:\.[^\s/@.]+)+$/

/**
 * An address as it was typed, with `https://` (or `mailto:`) where that is missing. Paths and other schemes stay as they
 * are, for the server to refuse.
 */
export function completeLink(typed: string): string {
  const href = typed.trim()
  const isPath = /^[/?#.](?!\/)/.test(href)
  if (href === '' || isPath || COMPLETE.test(href) || OTHER_SCHEME.test(href)) return href
  if (EMAIL.test(href)) return `mailto:${href}`
  return `https://${href.replace(/^\/\//, '')}`
}
