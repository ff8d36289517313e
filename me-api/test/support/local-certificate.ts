import { randomUUID } from 'node:crypto'
import { generate } from 'selfsigned'

/**
 * Makes a certificate for this machine. Each has a name of its own: of several with one name, all of them trusted, OpenSSL
 * would try only the first.
 */
export async function makeLocalCertificate(): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate(
    [{ name: 'commonName', value: `push service ${randomUUID()}` }],
    {
      keyType: 'ec',
      extensions: [
        { name: 'basicConstraints', cA: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'push.test' },
          ],
        },
      ],
    },
  )
  return { cert, key }
}
