import { closeAfterTest } from './start-app.ts'
import { startTcpProxy } from './tcp-proxy.ts'

/** A proxy of the test's own. */
export async function startProxy(...options: Parameters<typeof startTcpProxy>) {
  const proxy = await startTcpProxy(...options)
  closeAfterTest(async () => proxy.close())
  return proxy
}
