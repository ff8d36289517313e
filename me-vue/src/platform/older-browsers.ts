/*
 * Adds what is used here and missing in the oldest browsers that vite.config.ts builds for. Code may use nothing else
 * that they lack: eslint.config.js names it.
 */

export {}

URL.canParse ??= (address, base) => {
  try {
    return Boolean(new URL(address, base))
  } catch {
    return false
  }
}

AbortSignal.any ??= (signals) => {
  const any = new AbortController()
  for (const signal of signals) {
    if (signal.aborted) any.abort(signal.reason)
    else signal.addEventListener('abort', () => any.abort(signal.reason), { once: true })
  }
  return any.signal
}
