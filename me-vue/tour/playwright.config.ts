import { defineConfig } from '@playwright/test'
import tests from '../playwright.config.ts'

/** The tour: takes screenshots of every state of the site, into test-results/tour. */
export default defineConfig({
  ...tests,
  testDir: '..',
  // The story at the top of docs/tour.md takes its pictures too.
  testMatch: ['tour/*.tour.ts', 'e2e/told-and-answered.spec.ts'],
  outputDir: '../test-results/tour-traces',
  timeout: 120_000,
})
