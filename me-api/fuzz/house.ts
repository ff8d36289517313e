/** The server as it is, in a process whose memory can be asked after. */
export type Health = { heap: number; polluted: string[] }

process.on('message', () => {
  globalThis.gc?.()
  const polluted = Object.keys(Object.prototype)
  process.send?.({ heap: process.memoryUsage().heapUsed, polluted } satisfies Health)
})

// Not without who started it.
process.on('disconnect', () => process.exit())

await import('../src/main.ts')
