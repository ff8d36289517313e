/**
 * Preloaded into the server so that every run gives the same screenshots: the clock starts at a fixed time, and ids,
 * which decide people's colours, are generated in a fixed order.
 */
import crypto from 'node:crypto'
import { ServerResponse } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'

const began = Date.now()
const shift = Number(process.env.TOUR_NOW) - began

globalThis.Date = new Proxy(Date, {
  construct: (real, given: [], target) =>
    Reflect.construct(real, given.length === 0 ? [began + (performance.now() | 0) + shift] : given, target),
  get: (real, name) =>
    name === 'now' ? () => began + (performance.now() | 0) + shift : Reflect.get(real, name),
})

// The site learns the time from this header, which Node takes from the clock that it was started with.
const { writeHead } = ServerResponse.prototype
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...head: Parameters<typeof writeHead>) {
  this.setHeader('date', new Date().toUTCString())
  return writeHead.apply(this, head)
} as typeof writeHead

let made = 0
// Without a salt, an import beside the server, or a second start, would generate the same ids again.
const salt = process.argv[2] === 'import' ? String(process.hrtime.bigint()) : (process.env.TOUR_SALT ?? '')
crypto.randomUUID = () => {
  const hex = crypto.createHash('sha256').update(`somebody ${salt}${++made}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
syncBuiltinESMExports()
