import { type FunctionalComponent, type VNode, type VNodeArrayChildren, h } from 'vue'
import { withoutDirectionControls } from 'me-api/contract/direction'
import { isBlock, type Node } from 'me-api/contract/message-markdown'
import CodeBlock from './CodeBlock.vue'
import { addressLink, linkAttributes } from './LinkedText.ts'
import { isLoneEmoji } from './markup.ts'
import { readWithEmoji } from './read-with-emoji.ts'
import { saysPlace, shownHost } from './shown-host.ts'

/** A message's Markdown as elements, never as HTML; the slot follows the last word. */
const FormattedText: FunctionalComponent<{ text: string }> = ({ text }, { slots }) => {
  const nodes = readWithEmoji(text)
  const tail = slots['default']?.() ?? []
  const last = nodes.at(-1)
  const closesInText = last?.kind === 'element' && last.tag === 'p'
  const blocks = nodes.map((node) => toVNode(node, closesInText && node === last ? tail : []))
  return closesInText ? blocks : [...blocks, h('p', tail)]
}
FormattedText.props = ['text']
export default FormattedText

function toVNode(node: Node, tail: VNode[] = []): VNode | string {
  switch (node.kind) {
    case 'text':
      return h('span', node.text)
    case 'break':
      return h('br')
    case 'code':
      return h('code', { dir: 'ltr' }, node.text)
    case 'fence':
      return h(CodeBlock, { code: node.text, language: node.language })
    case 'address':
      return addressLink(node.text)
    case 'link':
      return link(node.href, node.children)
    case 'element': {
      const digits = node.tag === 'ol' && `digits-${digitsOf(node)}`
      const props = { dir: 'auto', start: node.start, class: [digits, { lone: isLone(node) }] }
      return h(node.tag, isBlock(node.tag) ? props : null, [...inside(node.children), ...tail])
    }
  }
}

const inside = (nodes: readonly Node[]): VNodeArrayChildren => nodes.map((node) => toVNode(node))

type Element = Extract<Node, { kind: 'element' }>

/** How many digits a list's longest number has: up to 2, 4 or 9, each with a class of its own. */
function digitsOf({ start = 1, children }: Element): number {
  const { length } = String(start + children.length - 1)
  return [2, 4].find((digits) => length <= digits) ?? 9
}

/** A paragraph of a few emoji, also where they were written as shortcodes. */
function isLone({ tag, children }: Element): boolean {
  const [only] = children
  return tag === 'p' && children.length === 1 && only?.kind === 'text' && isLoneEmoji(only.text)
}

/**
 * Unless the words are the address themselves, the place they lead to stands after them, and nothing in the words turns
 * it round.
 */
function link(written: string, children: readonly Node[]): VNode {
  const { href, host, pathname } = new URL(written)
  const place = host ? shownHost(written) : pathname
  if (saysPlace(wordsOf(children), place)) return h('a', linkAttributes(href), inLink(children))
  const leads = h('small', { class: 'host', dir: 'ltr' }, ` (${place})`)
  return h('a', linkAttributes(href), [h('bdi', inLink(children)), leads])
}

/** An address within a link's text is not a link of its own. */
const inLink = (nodes: readonly Node[]): VNodeArrayChildren =>
  nodes.map((node) => {
    if (node.kind === 'text') return withoutDirectionControls(node.text)
    return node.kind === 'element' ? h(node.tag, inLink(node.children)) : toVNode(node)
  })

function wordsOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => ('text' in node ? node.text : 'children' in node ? wordsOf(node.children) : ' '))
    .join('')
}
