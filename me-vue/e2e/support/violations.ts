import type { BrowserContext } from '@playwright/test'

/** Logs every policy violation in one form, because Chromium's own message for Trusted Types names no policy. */
export const reportViolations = (context: BrowserContext) =>
  context.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ effectiveDirective, sample, sourceFile }) =>
      // eslint-disable-next-line no-console -- the tests listen to the console
      console.error(`Content Security Policy: ${effectiveDirective} forbids "${sample}" in ${sourceFile}`),
    ),
  )
