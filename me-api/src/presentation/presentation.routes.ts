import { MarkdownInput, PAGE_BODY_MAX, Presentation, PresentationInput, Rendered } from '../contract/index.ts'
import { renderMarkdown } from '../markdown.ts'
import { expectedOf, withETag } from '../http/if-match.ts'
import { type Route, route } from '../http/route.ts'
import type { PresentationPages } from './presentation.ts'

export function presentationRoutes(presentation: PresentationPages): Route[] {
  return [
    route({
      method: 'get',
      path: '/',
      who: 'all',
      summary: "Get the owner's presentation",
      answer: Presentation,
      handle: async ({ res }) => withETag(res, await presentation.read()),
    }),
    route({
      method: 'put',
      path: '/',
      who: 'owner',
      summary: 'Replace the presentation',
      body: PresentationInput,
      bodyMax: PAGE_BODY_MAX,
      ifMatch: true,
      answer: Presentation,
      logged: () => ['save-presentation', null],
      handle: async ({ body, req, res }) =>
        withETag(res, await presentation.save(body, expectedOf(req, body.version))),
    }),
    route({
      method: 'post',
      path: '/markdown',
      who: 'owner',
      summary: 'Render Markdown, for the preview in the editors',
      body: MarkdownInput,
      bodyMax: PAGE_BODY_MAX,
      answer: Rendered,
      handle: ({ body }) => ({ html: renderMarkdown(body.text) }),
    }),
  ]
}
