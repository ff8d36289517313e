import { availableParallelism } from 'node:os'

export default {
  projects: ['<rootDir>/me-api', '<rootDir>/me-vue'],
  // Some tests start whole processes, on machines that may be busy.
  testTimeout: 90_000,
  // One more than cores: the slowest tests wait more than they compute.
  maxWorkers: availableParallelism() + 1,
  // Modules of finished test files are not freed, and each file that starts the
  // app loads what renders the documents.
  workerIdleMemoryLimit: '1500MB',
}
