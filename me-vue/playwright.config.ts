import { existsSync } from 'node:fs'
import { defineConfig, devices } from '@playwright/test'
import type { Settings } from './e2e/support/test.ts'

const executablePath = process.env.CHROMIUM_PATH
if (!executablePath || !existsSync(executablePath))
  throw new Error(
    executablePath
      ? `CHROMIUM_PATH is ${executablePath}, and there is no such file.`
      : 'Set CHROMIUM_PATH to a Chromium, for example: CHROMIUM_PATH=/usr/bin/chromium npm run test:e2e',
  )

export default defineConfig<object, { settings: Settings }>({
  testDir: 'e2e',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  // CI's machines are shared; what passes only at a second try is told as flaky.
  retries: process.env.CI ? 2 : 0,
  reporter: 'list',
  // Generous, for machines that are busy with other things.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    // What is kept from an earlier page would hide what the server does; offline.spec.ts lets it in.
    serviceWorkers: 'block',
    launchOptions: {
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
    },
    trace: 'retain-on-failure',
  },
})
