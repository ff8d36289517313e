import { existsSync } from 'node:fs'

/**
 * Options that start Chromium for tests, screenshots and measurements.
 *
 * @throws if CHROMIUM_PATH names no file
 */
export function launchOptions() {
  const executablePath = process.env.CHROMIUM_PATH
  if (!executablePath || !existsSync(executablePath))
    throw new Error(
      executablePath
        ? `CHROMIUM_PATH is ${executablePath}, and there is no such file.`
        : 'Set CHROMIUM_PATH to a Chromium, for example: CHROMIUM_PATH=/usr/bin/chromium npm run test:e2e',
    )
  return { executablePath, args }
}

/**
 * Options for what needs no more than pages: the same Chromium without its window, if CHROMIUM_HEADLESS_SHELL names one,
 * which takes a third less time. It has no push service and cannot install a site.
 */
export function pageOptions() {
  const shell = process.env.CHROMIUM_HEADLESS_SHELL
  return shell && existsSync(shell) ? { executablePath: shell, args } : launchOptions()
}

// Chromium's sandbox does not work in most containers; the other flags stop its background requests.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
