import bash from 'highlight.js/lib/languages/bash'
import cpp from 'highlight.js/lib/languages/cpp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import php from 'highlight.js/lib/languages/php'
import plaintext from 'highlight.js/lib/languages/plaintext'
import python from 'highlight.js/lib/languages/python'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { createLowlight } from 'lowlight'
import { grammarOf } from './languages.ts'

/** A piece of code in one colour. */
export type Piece = { text: string; look: Look | undefined }
type Look = 'keyword' | 'value' | 'aside' | 'name' | 'deletion'

const low = createLowlight({
  bash,
  cpp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  php,
  plaintext,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
})

/** The few colours: keywords, values, comments, names, deletions. */
const LOOKS: [RegExp, Look][] = [
  [/keyword|built_in|selector|meta|tag|section/, 'keyword'],
  [/string|number|literal|regexp|symbol|addition|attr$/, 'value'],
  [/comment|quote/, 'aside'],
  [/title|name|type|class/, 'name'],
  [/deletion/, 'deletion'],
]

/** Splits code into pieces of one colour each. */
export function highlight(code: string, language: string): Piece[] {
  const pieces: Piece[] = []
  collect(low.highlight(grammarOf(language), code), undefined, pieces)
  return pieces
}

type Tree = ReturnType<typeof low.highlight>

function collect(node: Tree | Tree['children'][number], look: Look | undefined, pieces: Piece[]): void {
  if (node.type === 'text') pieces.push({ text: node.value, look })
  if (!('children' in node)) return
  const own = node.type === 'element' ? lookOf(String(node.properties['className'])) : undefined
  for (const child of node.children) collect(child, own ?? look, pieces)
}

const lookOf = (names: string): Look | undefined => LOOKS.find(([pattern]) => pattern.test(names))?.[1]
