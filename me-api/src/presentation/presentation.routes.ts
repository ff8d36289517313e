import { MarkdownInput, Presentation, PresentationInput, Rendered } from '../contract/index.ts'
import { renderMarkdown } from '../markdown.ts'
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
      handle: () => presentation.read(),
    }),
    route({
      method: 'put',
      path: '/',
      who: 'owner',
      summary: 'Replace the presentation',
      body: PresentationInput,
      answer: Presentation,
      handle: ({ body }) => presentation.save(body),
    }),
    route({
      method: 'post',
      path: '/markdown',
      who: 'owner',
      summary: 'Render Markdown, for the preview in the editors',
      body: MarkdownInput,
      answer: Rendered,
      handle: ({ body }) => ({ html: renderMarkdown(body.text) }),
    }),
  ]
}
