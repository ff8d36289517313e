import { type About, type AboutDraft } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'

/** Returns what a page is called now, by its path; null if there is no such page. */
export type TitleOf = (path: string) => Promise<string | null>

/** The pages of the site that messages may be about. */
export function createPlaces(titleOf: TitleOf) {
  async function titleAt(path: string): Promise<string> {
    const title = await titleOf(path)
    if (title === null) throw new Refusal('INVALID', `There is no page ${path}.`, { pointer: '/about/path' })
    return title
  }

  return {
    titleAt,

    /** Adds the page's title to what a client says. @throws {Refusal} INVALID if there is no such page */
    async find({ path, quote }: AboutDraft): Promise<About> {
      return { path, title: await titleAt(path), ...(quote && { quote }) }
    },
  }
}

export type Places = ReturnType<typeof createPlaces>
