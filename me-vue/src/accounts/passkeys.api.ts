import type { Passkey, PasskeyProof } from 'me-api/contract'
import { deleteIfThere } from '../api/delete-if-there.ts'
import { ApiError, get, request } from '../api/http.ts'

/** Browsers offer passkeys to pages over https, or from this machine, at a name rather than an IP address. */
export const offersPasskeys = (): boolean =>
  isSecureContext && 'PublicKeyCredential' in window && !/^[\d.]+$|^\[/.test(location.hostname)

export const listPasskeys = () => get<Passkey[]>('/api/me/passkeys')
export const removePasskey = (id: string) => deleteIfThere(`/api/me/passkeys/${encodeURIComponent(id)}`)

/**
 * Lets the browser create a passkey, and adds it to the account under this name.
 * @throws {ApiError} CANCELLED by the user, CONFLICT where the device has one already, FORBIDDEN where it cannot be done
 */
export async function addPasskey(name: string): Promise<Passkey> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  type Options = Parameters<typeof startRegistration>[0]['optionsJSON']
  const optionsJSON = await request<Options>('POST', '/api/me/passkeys/options')
  const credential = await startRegistration({ optionsJSON }).catch(refused)
  return request('POST', '/api/me/passkeys', { body: { name, credential } })
}

/**
 * Lets the browser sign with a passkey that the user chooses, to sign in or to confirm who they are.
 * @throws {ApiError} CANCELLED by the user, FORBIDDEN where it cannot be done
 */
export async function signByPasskey(): Promise<PasskeyProof> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  type Options = Parameters<typeof startAuthentication>[0]['optionsJSON']
  const optionsJSON = await request<Options>('POST', '/api/login/passkey/options')
  return startAuthentication({ optionsJSON }).catch(refused) as Promise<PasskeyProof>
}

/** What WebAuthn's names of errors mean; a browser also says "not allowed" where the user has cancelled. */
const codes: Partial<Record<string, ApiError['code']>> = {
  NotAllowedError: 'CANCELLED',
  AbortError: 'CANCELLED',
  InvalidStateError: 'CONFLICT',
}

function refused({ name, message }: Error): never {
  throw new ApiError(0, codes[name] ?? 'FORBIDDEN', message)
}
