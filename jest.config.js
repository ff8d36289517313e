export default {
  projects: ['<rootDir>/me-api', '<rootDir>/me-vue'],
  // Some tests start whole processes, on machines that may be busy.
  testTimeout: 90_000,
}
