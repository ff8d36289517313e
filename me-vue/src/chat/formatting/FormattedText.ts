import { type FunctionalComponent, type VNode, type VNodeArrayChildren, h } from 'vue'
import { shortAddress, withLinks } from '../links.ts'
import CodeBlock from './CodeBlock.vue'
import { isLoneEmoji } from './markup.ts'
import { type Node, readMarkdown } from './markdown.ts'

/** A message's Markdown as elements, never as HTML; what stands in the slot follows the last word. */
const FormattedText: FunctionalComponent<{ text: string }> = ({ text }, { slots }) => {
  const nodes = readMarkdown(text)
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
      return h('span', withLinks(node.text).map(plainLink))
    case 'break':
      return h('br')
    case 'code':
      return h('code', { dir: 'ltr' }, node.text)
    case 'fence':
      return h(CodeBlock, { code: node.text, language: node.language })
    case 'link':
      return link(node.href, node.children)
    case 'element': {
      const props = { dir: 'auto', start: node.start, class: { lone: isLone(node) } }
      return h(node.tag, isBlock(node.tag) ? props : null, [...inside(node.children), ...tail])
    }
  }
}

const inside = (nodes: readonly Node[]): VNodeArrayChildren => nodes.map((node) => toVNode(node))
const isBlock = (tag: string): boolean => !['em', 'strong', 's'].includes(tag)

/** A paragraph of a few emoji, also where they were written as shortcodes. */
function isLone({ tag, children }: Extract<Node, { kind: 'element' }>): boolean {
  const [only] = children
  return tag === 'p' && children.length === 1 && only?.kind === 'text' && isLoneEmoji(only.text)
}

const plainLink = ({ text, href }: { text: string; href?: string }): VNode | string =>
  href ? h('a', hardened(href), shortAddress(text)) : text

/** Where the words do not say which house they lead to, it stands beside them. */
function link(href: string, children: readonly Node[]): VNode {
  const { host, pathname } = new URL(href)
  const place = host || pathname
  const says = wordsOf(children).toLowerCase().includes(place.toLowerCase())
  const words = children.map((node) => (node.kind === 'text' ? node.text : toVNode(node)))
  return h('a', hardened(href), says ? words : [...words, h('small', { class: 'host' }, ` (${place})`)])
}

function wordsOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => ('text' in node ? node.text : 'children' in node ? wordsOf(node.children) : ' '))
    .join('')
}

const hardened = (href: string) => ({
  href,
  title: href,
  target: '_blank',
  rel: 'noopener noreferrer nofollow ugc',
})
