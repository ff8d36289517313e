import { defineConfig, devices } from '@playwright/test'
import { pageOptions } from './e2e/support/chromium.ts'
import type { Settings } from './e2e/support/test.ts'

export default defineConfig<object, { settings: Settings }>({
  testDir: 'e2e',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // Three on two cores fill them: pages then wait too long for what they expect.
  workers: 2,
  // CI's machines are shared; a test that passes only when repeated is reported as flaky.
  retries: process.env.CI ? 2 : 0,
  reporter: 'list',
  // Long, because the machine may be busy.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    // A service worker's cache would hide the server's answers; offline.spec.ts allows it.
    serviceWorkers: 'block',
    launchOptions: pageOptions(),
    // Recording every test costs a tenth of its time.
    trace: process.env.CI ? 'on-first-retry' : 'retain-on-failure',
  },
})
