/** What of a node is read; a document's nodes are such, and those of a parser. */
export type ProseNode = {
  readonly nodeType: number
  readonly childNodes?: ArrayLike<ProseNode>
  readonly nodeValue?: string | null
  readonly tagName?: string
}

/** A place in front of a character of the prose: its text node, and the offset in it in UTF-16 units. */
export type ProsePoint<Node extends ProseNode> = { node: Node; offset: number }

/** The prose as one text, in which every run of white space is one space, and where each character stands. */
export type ProseText<Node extends ProseNode> = {
  text: string
  /** The place in front of the character at an index. */
  pointAt: (index: number) => ProsePoint<Node>
}

const TEXT = 3
/** What begins a line: between two of them there is white space, whether the source has some or not. */
const BLOCKS =
  /^(?:address|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|table|tbody|td|th|thead|tr|ul)$/i
/** What the script adds to the prose: a button that copies code. */
const CONTROLS = /^(?:button|script|style)$/i

/** Reads an element's text as quotes are made of it and found in it. */
export function readProse<Node extends ProseNode>(root: Node): ProseText<Node> {
  const nodes: Node[] = []
  const offsets: number[] = []
  let text = ''
  /** White space since the last character: where it begins, or that a line ends. */
  let space: ProsePoint<Node> | 'break' | undefined

  function add(character: string, { node, offset }: ProsePoint<Node>): void {
    text += character
    nodes.push(node)
    offsets.push(offset)
  }

  function read(node: Node): void {
    if (node.nodeType === TEXT) return readText(node)
    const { tagName = '', childNodes = [] } = node
    if (CONTROLS.test(tagName)) return
    const isBlock = BLOCKS.test(tagName)
    if (isBlock) space ??= 'break'
    // Children of a node are nodes of the same kind.
    for (const child of Array.from(childNodes as ArrayLike<Node>)) read(child)
    if (isBlock) space ??= 'break'
  }

  function readText(node: Node): void {
    const value = node.nodeValue ?? ''
    for (let offset = 0; offset < value.length; offset++) {
      const character = value[offset]!
      const point = { node, offset }
      if (/\s/.test(character)) {
        if (space === undefined || space === 'break') space = point
        continue
      }
      if (space && text) add(' ', space === 'break' ? point : space)
      space = undefined
      add(character, point)
    }
  }

  read(root)
  return { text, pointAt: (index) => ({ node: nodes[index]!, offset: offsets[index]! }) }
}
