import { createServer } from 'node:http'
import { listen, passOn } from './forward.ts'

/**
 * A proxy that passes each request on to the server chosen for its path. It counts the bodies of the answers for paths that
 * begin with `counted`, in bytes as they pass.
 */
export async function createRoutingProxy(serverFor: (path: string) => string, counted?: string) {
  const answers: { path: string; status: number; bytes: number }[] = []
  const proxy = createServer((req, res) => {
    const path = req.url!
    passOn(req, res, serverFor(path)).on('response', (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
      answer.on('end', () => {
        if (counted && path.startsWith(counted)) answers.push({ path, status: answer.statusCode!, bytes })
      })
    })
  })
  return { ...(await listen(proxy)), answers }
}
