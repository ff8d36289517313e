import { existsSync } from 'node:fs'

/** How Chromium is started for tests, pictures and measurements. @throws where CHROMIUM_PATH names none */
export function launchOptions() {
  const executablePath = process.env.CHROMIUM_PATH
  if (!executablePath || !existsSync(executablePath))
    throw new Error(
      executablePath
        ? `CHROMIUM_PATH is ${executablePath}, and there is no such file.`
        : 'Set CHROMIUM_PATH to a Chromium, for example: CHROMIUM_PATH=/usr/bin/chromium npm run test:e2e',
    )
  return {
    executablePath,
    // A sandbox of its own cannot be had inside most containers; the rest keeps Chromium from calling home.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  }
}
