import { type FunctionalComponent, type VNode, type VNodeArrayChildren, h } from 'vue'
import { autolink } from './autolink.ts'
import CodeBlock from './CodeBlock.vue'
import { isLoneEmoji } from './markup.ts'
import { type Node, readMarkdown } from './markdown.ts'
import { saysPlace, shownAddress, shownHost } from './shown-host.ts'

/** A message's Markdown as elements, never as HTML; the slot follows the last word. */
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
      return h('span', autolink(node.text).map(plainLink))
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
  href ? h('a', hardened(href), shownAddress(text)) : text

/**
 * Unless the words are the address themselves, the place they lead to stands after them: neither other words nor letters
 * that turn the text around take it away.
 */
function link(written: string, children: readonly Node[]): VNode {
  const { href, host, pathname } = new URL(written)
  const place = host ? shownHost(written) : pathname
  if (saysPlace(wordsOf(children), place)) return h('a', hardened(href), inLink(children))
  const leads = h('small', { class: 'host', dir: 'ltr' }, ` (${place})`)
  return h('a', hardened(href), [h('bdi', inLink(children)), leads])
}

/** An address within a link's text is not a link of its own. */
const inLink = (nodes: readonly Node[]): VNodeArrayChildren =>
  nodes.map((node) => {
    if (node.kind === 'text') return node.text
    return node.kind === 'element' ? h(node.tag, inLink(node.children)) : toVNode(node)
  })

function wordsOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => ('text' in node ? node.text : 'children' in node ? wordsOf(node.children) : ' '))
    .join('')
}

/** Isolated, so that nothing around it turns its letters around either. */
const hardened = (href: string) => ({
  href,
  dir: 'ltr',
  title: href,
  target: '_blank',
  rel: 'noopener noreferrer nofollow ugc',
})
