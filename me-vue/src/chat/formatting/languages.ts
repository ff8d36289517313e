/** The languages that code is coloured in, by what people write after the three backticks. */
const LANGUAGES: Readonly<Record<string, string>> = {
  bash: 'bash',
  sh: 'bash',
  shell: 'bash',
  c: 'cpp',
  cpp: 'cpp',
  'c++': 'cpp',
  css: 'css',
  diff: 'diff',
  go: 'go',
  html: 'xml',
  vue: 'xml',
  xml: 'xml',
  java: 'java',
  javascript: 'javascript',
  js: 'javascript',
  json: 'json',
  jsx: 'javascript',
  php: 'php',
  py: 'python',
  python: 'python',
  rs: 'rust',
  rust: 'rust',
  sql: 'sql',
  ts: 'typescript',
  tsx: 'typescript',
  typescript: 'typescript',
  yaml: 'yaml',
  yml: 'yaml',
}

export const isKnown = (written: string): boolean => Object.hasOwn(LANGUAGES, written)

/** What the highlighter calls it. */
export const grammarOf = (written: string): string => (isKnown(written) ? LANGUAGES[written]! : 'plaintext')
