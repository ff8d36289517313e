import { defineConfig } from '@playwright/test'
import tests from '../playwright.config.ts'

/** The tour: every state is brought about and drawn. What it takes lies in test-results/tour. */
export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: '*.tour.ts',
  outputDir: '../test-results/tour-traces',
  timeout: 120_000,
})
