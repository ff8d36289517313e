import { defineConfig, devices } from '@playwright/test'
import { launchOptions } from './e2e/support/chromium.ts'
import type { Settings } from './e2e/support/test.ts'

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
    launchOptions: launchOptions(),
    trace: 'retain-on-failure',
  },
})
