import bash from 'highlight.js/lib/languages/bash'
import cpp from 'highlight.js/lib/languages/cpp'
import csharp from 'highlight.js/lib/languages/csharp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import dockerfile from 'highlight.js/lib/languages/dockerfile'
import go from 'highlight.js/lib/languages/go'
import http from 'highlight.js/lib/languages/http'
import ini from 'highlight.js/lib/languages/ini'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import php from 'highlight.js/lib/languages/php'
import plaintext from 'highlight.js/lib/languages/plaintext'
import python from 'highlight.js/lib/languages/python'
import ruby from 'highlight.js/lib/languages/ruby'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { createLowlight } from 'lowlight'
import { grammarOf } from './code-languages.ts'

/** A piece of code in one colour. */
export type Piece = { text: string; look: Look | undefined }
type Look = 'keyword' | 'value' | 'aside' | 'name' | 'deletion'

const low = createLowlight({
  bash,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  http,
  ini,
  java,
  javascript,
  json,
  php,
  plaintext,
  python,
  ruby,
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

/** Splits code into pieces of one colour each. Code that a grammar cannot cope with is one piece without a colour. */
export function highlight(code: string, language: string): Piece[] {
  const pieces: Piece[] = []
  try {
    collect(low.highlight(grammarOf(language), code), undefined, pieces)
  } catch {
    // Thousands of nested comments or brackets exceed the stack.
    return [{ text: code, look: undefined }]
  }
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
