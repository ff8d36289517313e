/** The image's health check: exits with 0 if the server on this machine is ready. */
import { request } from 'node:http'

const { PORT = '1337' } = process.env
request({ host: '127.0.0.1', port: PORT, path: '/readyz', timeout: 4_000 }, ({ statusCode }) => {
  process.exit(statusCode === 200 ? 0 : 1)
})
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1))
  .end()
