/** The real server, in a process that reports its memory use on request. */
export type Health = { heap: number; polluted: string[] }

process.on('message', () => {
  globalThis.gc?.()
  const polluted = Object.keys(Object.prototype)
  process.send?.({ heap: process.memoryUsage().heapUsed, polluted } satisfies Health)
})

// The server ends with the process that started it.
process.on('disconnect', () => process.exit())

await import('../src/main.ts')
