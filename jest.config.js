export default {
  projects: ['<rootDir>/me-api', '<rootDir>/me-vue'],
  // Some tests start whole processes, on machines that may be busy.
  testTimeout: 90_000,
  // One for each core: tests wait more than they compute, and with more some wait too long on a busy machine.
  maxWorkers: '100%',
  // Modules of finished test files are not freed, and each file that starts the
  // app loads what renders the documents.
  workerIdleMemoryLimit: '1500MB',
}
