import { defineConfig } from '@playwright/test'
import tests from '../playwright.config.ts'

/** The tour: takes screenshots of every state of the site, into test-results/tour. */
export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: '*.tour.ts',
  outputDir: '../test-results/tour-traces',
  timeout: 120_000,
})
