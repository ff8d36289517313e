/** What both packages' tests share: TypeScript as ES modules, checked for types by `npm run typecheck` instead. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      'ts-jest',
      {
        useESM: true,
        diagnostics: false,
        tsconfig: {
          target: 'es2024',
          module: 'esnext',
          moduleResolution: 'bundler',
          isolatedModules: true,
          verbatimModuleSyntax: true,
          esModuleInterop: true,
        },
      },
    ],
  },
}
