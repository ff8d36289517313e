/**
 * What comes from others: each package is what the lockfile's hash says, from the registry and nowhere else, runs
 * nothing when it is installed, and may be given on under its licence. Needs no network; `npm audit` does, and runs
 * every night.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Package = { link?: boolean; dev?: boolean; resolved?: string; integrity?: string; license?: string }

/** May be in the image and in the pages. MPL's files stay under MPL, which whoever only uses them need not mind. */
const given = [
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'PSF-2.0',
]
const givenWhole = ['MPL-2.0', 'OFL-1.1']
/** Only used while developing. */
const used = ['CC-BY-4.0', 'Unlicense', '(MIT OR CC0-1.0)']
/** Says it in a form older than the field, as its file LICENSE does: MIT. */
const unsaid = ['node_modules/xmlhttprequest-ssl']

const root = join(import.meta.dirname, '..')
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Package>
}
const fetched = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)
const problems = fetched.flatMap(([path, one]) => [
  ...(/^sha512-[\w+/]{86}==$/.test(one.integrity ?? '') ? [] : [`${path} has no hash`]),
  // npm leaves out the address of what comes from the registry: that is any that has this hash.
  ...(one.resolved === undefined ? [] : [`${path} comes from ${one.resolved}`]),
  ...(isAllowed(path, one) ? [] : [`${path} is under ${one.license ?? 'no licence'}`]),
])
if (!/^ignore-scripts=true$/m.test(readFileSync(join(root, '.npmrc'), 'utf8')))
  problems.push('.npmrc lets packages run what they like when they are installed')
if (fetched.length === 0) problems.push('package-lock.json names no package')

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

function isAllowed(path: string, { license, dev }: Package): boolean {
  if (license === undefined) return unsaid.includes(path)
  return [...given, ...givenWhole, ...(dev ? used : [])].includes(license)
}
