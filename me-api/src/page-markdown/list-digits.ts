import type { MarkdownIt } from 'markdown-it'

type Token = ReturnType<MarkdownIt['parse']>[number]

/** A list whose numbers have more than two digits is marked, because only the page can give them the room. */
export function listDigits({ core }: MarkdownIt): void {
  core.ruler.push('digits', ({ tokens }) => {
    const lists: { list: Token; number: number }[] = []
    for (const token of tokens) {
      if (token.type === 'bullet_list_open') lists.push({ list: token, number: 0 })
      else if (token.type === 'ordered_list_open')
        lists.push({ list: token, number: Number(token.attrGet('start') ?? 1) - 1 })
      else if (token.type === 'list_item_open') lists.at(-1)!.number++
      else if (token.type.endsWith('_list_close')) {
        const { list, number } = lists.pop()!
        const digits = String(number).length
        if (digits > 2) list.attrSet('class', `digits-${digits > 4 ? 9 : digits}`)
      }
    }
  })
}
