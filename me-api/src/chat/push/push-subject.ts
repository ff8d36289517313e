import { isIP } from 'node:net'
import { isPublicAddress } from '../../outbound/public-address.ts'

/**
 * Returns why push services refuse an address to write to about pushes (RFC 8292 §2.1), or null. It has to be one on the
 * internet: Apple's refuses names of a machine or a local network, and answers 403 to every push.
 */
export function subjectRefusal(subject: string): string | null {
  const url = URL.parse(subject)
  const host = url && (url.protocol === 'mailto:' ? mailHost(url) : url.protocol === 'https:' && url.hostname)
  if (!host) return 'must be mailto:ADDRESS or an address that begins with https://'
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  const isRefused = isIP(bare)
    ? !isPublicAddress(bare)
    : !bare.includes('.') || /\.(local|localhost|invalid)$/.test(bare)
  return isRefused ? `push services refuse an address at ${bare}` : null
}

/** The host of the one address in `mailto:ada@example.org`. */
const mailHost = ({ pathname }: URL): string | undefined => /^[^\s@,]+@([^\s@,]+)$/.exec(pathname)?.[1]

/**
 * The subject where none is set: the site's own address over https, else the owner's mail address. Null while there is
 * neither.
 */
export function defaultSubject(siteUrl: string | undefined, ownersEmail: string | null): string | null {
  if (siteUrl?.startsWith('https:')) return siteUrl
  return ownersEmail && `mailto:${ownersEmail}`
}
