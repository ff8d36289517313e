import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import regexp from 'eslint-plugin-regexp'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '**/data/',
      'coverage/',
      '**/test-results/',
      '**/playwright-report/',
    ],
  },
  js.configs.recommended,
  ts.configs.strict,
  vue.configs['flat/recommended'],
  {
    // A pattern whose time grows faster than its text is a way to stop the server, or a reader's tab.
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      // noUncheckedIndexedAccess asks for it where the code just looked.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // tsc knows all names.
      'no-undef': 'off',
      'no-console': 'error',
    },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  {
    files: [
      'me-vue/build/**',
      'me-vue/e2e/lighthouse.ts',
      'me-vue/tour/to-docs.ts',
      '**/bench/**',
      '**/fuzz/**',
      '**/raid/**',
      '**/storm/**',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // What the oldest browsers that vite.config.ts builds for do not have.
    files: ['me-vue/src/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...[
          ['Array', 'fromAsync'],
          ['Map', 'groupBy'],
          ['Object', 'groupBy'],
          ['Promise', 'try'],
          ['Promise', 'withResolvers'],
          ['RegExp', 'escape'],
          ['URL', 'parse'],
        ].map(([object, property]) => ({ object, property, message: 'Safari 16.4 does not have it.' })),
      ],
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { globals: globals.browser },
    rules: {
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      // A page opened from here must not get hold of this one.
      'vue/no-template-target-blank': 'error',
    },
  },
  prettier,
)
