import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { openDatabase } from '../src/db/open-database.ts'
import { erDiagram } from './support/er-diagram.ts'
import { temporaryFolder } from './support/start-app.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const found = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: (name) => /node_modules|dist$/.test(name) })
const pages = found('*.md', 'docs/**/*.md')
const sources = found('me-{api,vue}/{src,test,e2e,bench,fuzz,raid,build}/**/*.{ts,vue}')

describe('the documentation', () => {
  test('docs/architecture.md shows the schema that the migrations make on SQLite', async () => {
    const db = await openDatabase({ kind: 'sqlite', path: join(temporaryFolder(), 'me.db') })
    const diagram = await erDiagram(db)
    await db.destroy()
    const [, shown] = /```mermaid\n(erDiagram[^`]*)\n```/.exec(read('docs/architecture.md')) ?? []
    expect(shown).toBe(diagram)
  })

  test('the documentation names only files and folders that exist', () => {
    for (const page of pages.filter((path) => path !== 'CHANGELOG.md'))
      for (const [, path = ''] of read(page).matchAll(/`(me-(?:api|vue)\/[\w./-]+)`/g))
        if (!/NNNN|test-results|^me-api\/contract/.test(path))
          expect([page, path, existsSync(join(root, path))]).toEqual([page, path, true])
  })

  test('the documentation links only to pages that exist', () => {
    for (const page of pages)
      for (const [, path = ''] of read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g))
        expect([page, path, existsSync(join(root, dirname(page), path))]).toEqual([page, path, true])
  })

  test('every decision has a date, a status and a row in the index', () => {
    const index = read('docs/decisions/README.md')
    const decisions = found('docs/decisions/0*.md')
    expect(decisions.length).toBeGreaterThan(0)
    for (const path of decisions) {
      const [, number, title, date, status] =
        /^# (\d+)\. (.+)\n\n- Date: (\d{4}-\d{2}-\d{2})\n- Status: (accepted|superseded)/.exec(read(path)) ??
        []
      expect([path, date, status]).toEqual([path, expect.any(String), expect.any(String)])
      const row = index.split('\n').find((line) => line.includes(`(${basename(path)})`))
      expect(row?.split('|').map((cell) => cell.trim())).toEqual([
        '',
        number,
        `[${title}](${basename(path)})`,
        date,
        expect.stringMatching(`^${status}`),
        '',
      ])
    }
  })

  test('the code and the documentation cite the contract by its path and an existing section', () => {
    const sections = [...read('docs/contract.md').matchAll(/^## (\d+)\./gm)].map(([, number]) => number)
    for (const path of [...sources, ...pages]) {
      for (const [reference, page, , number] of read(path).matchAll(
        /((?:docs\/|\()?contract(?:\.md)?)(\)?,?) §(\d+)/g,
      ))
        expect([path, reference, page?.endsWith('contract.md') && sections.includes(number)]).toEqual([
          path,
          reference,
          true,
        ])
    }
  })
})
