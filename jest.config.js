export default { projects: ['<rootDir>/me-api', '<rootDir>/me-vue'] }
