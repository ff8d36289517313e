import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const figures = JSON.parse(read('../src/lesson/text/own-figures.json')) as Record<
  string,
  Record<string, number | string>
>
const benchmark = read('../../docs/benchmark.md')
const scaling = read('../../docs/scaling.md')

/** The cells of the first row that begins so, below a heading. */
function cells(document: string, heading: string, row: string): string[] {
  const below = document.slice(document.indexOf(heading))
  const line = below.split('\n').find((one) => one.startsWith(`| ${row}`))
  expect(line).toBeDefined()
  return line!.split('|').map((cell) => cell.trim())
}
const numbers = (text = '') =>
  text
    .split(/[^\d.,]/)
    .filter((one) => one !== '')
    .map((one) => Number(one.replaceAll(',', '')))

test('the lesson repeats the benchmark’s figures as they are in the documentation', () => {
  const { busy, idle, restart, nodes } = figures
  const [, , deliveries, beside, , delivery, , lost] = cells(
    benchmark,
    '### 500 readers, 400 messages/s',
    '**this one**',
  )
  expect(numbers(deliveries)).toEqual([busy!['deliveries']])
  expect(numbers(beside)).toEqual([busy!['ratio']])
  expect(numbers(delivery)[1]).toBe(busy!['p99'])
  expect(lost).toBe('0')
  expect(numbers(cells(benchmark, '### 4,000 idle connections', '**this one**')[2])).toEqual([idle!['kb']])
  const back = cells(benchmark, '### 5,000 readers after kill -9', '**this one**')
  expect(numbers(back[2])).toEqual([restart!['seconds']])
  expect(back.slice(7, 9)).toEqual(['0', '0'])
  const quiet = cells(benchmark, '### 500 readers on two nodes', 'this one, two nodes')
  expect(numbers(quiet[2])).toEqual([nodes!['p50'], nodes!['p99']])
})

test('their dates are those of the runs', () => {
  const dateBelow = (heading: string) =>
    /\d{4}-\d\d-\d\d/.exec(benchmark.slice(benchmark.indexOf(heading)))?.[0]
  for (const name of ['busy', 'idle', 'restart'])
    expect(figures[name]!['date']).toBe(dateBelow('<!-- results -->'))
  expect(figures['nodes']!['date']).toBe(dateBelow('<!-- nodes -->'))
})

test('the model’s figures are those of the documentation', () => {
  const row = scaling.split('\n').find((line) => /^\| 10,000 +\| +50 \|/.test(line))
  const [, , , , , needed, without] = row!.split('|')
  expect([numbers(needed), numbers(without)]).toEqual([
    [figures['model']!['nodes']],
    [figures['model']!['without']],
  ])
})
