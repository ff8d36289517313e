import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { renderInDevelopment } from './build/render-in-development.ts'
import { serviceWorker } from './build/service-worker.ts'

type Modules = { getModuleInfo: (id: string) => { importers: readonly string[] } | null }

const api = process.env.API_URL ?? 'http://localhost:1337'
const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../package.json`, 'utf8')) as {
  version: string
}

/** Paths the API answers; everything else is the site. */
const apiPaths = [
  '/api',
  '/hooks',
  '/socket.io',
  '/feed.xml',
  '/sitemap.xml',
  '/robots.txt',
  '/site.webmanifest',
  '/healthz',
  '/readyz',
]

export default defineConfig({
  plugins: [
    vue(),
    withoutUnusedParts(),
    productionPinia(),
    paintFirst(),
    printOneUrl(),
    serviceWorker(),
    renderInDevelopment(api),
  ],
  worker: { format: 'es' },
  // The words are read as a whole.
  json: { namedExports: false },
  define: {
    'import.meta.env.SITE_VERSION': JSON.stringify(version),
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  build: {
    modulePreload: {
      polyfill: false,
      // Every page has these, so that no script has to name them to load another.
      resolveDependencies: (_file, others, { hostType }) =>
        hostType === 'html' ? others : others.filter((file) => !/\/(vue|site|preload|styles)-/.test(file)),
    },
    // README.md names them. What they lack of JavaScript's library is in src/platform/older-browsers.ts.
    target: ['chrome111', 'edge111', 'firefox121', 'safari16.4'],
    assetsInlineLimit: 0,
    // `vite build` reports every file; build/size-report.ts says what a visitor loads instead.
    reportCompressedSize: false,
    rolldownOptions: {
      // On a slow machine it would be the first that somebody who starts the site reads.
      checks: { bundlerTimings: false },
    },
  },
  environments: {
    client: {
      build: {
        manifest: true,
        rolldownOptions: {
          output: {
            // Scripts name the files of all pages: a letter less of each is felt.
            entryFileNames: 'assets/[name]-[hash:7].js',
            chunkFileNames: 'assets/[name]-[hash:7].js',
            assetFileNames: 'assets/[name]-[hash:7][extname]',
            // Changes seldom, so it stays in the browser's cache when the site is built anew.
            codeSplitting: {
              groups: [
                {
                  name: 'vue',
                  priority: 2,
                  test: /node_modules\/(vue|@vue|vue-router|pinia)\/|plugin-vue:export-helper/,
                },
                // The entry needs it before anything else.
                { name: 'preload', priority: 4, test: /vite\/preload-helper/ },
                // One request for all pages but the chat's, the editors', the lesson's and the owner's.
                {
                  name: 'styles',
                  priority: 3,
                  test: /\/src\/(?!chat|editor|integrations|lesson|members|moderation).*\.css$/,
                },
                { name: ofEveryPage, debugName: 'site', priority: 2 },
                {
                  name: sharedByTheChat,
                  debugName: 'shared',
                  priority: 1,
                  test: /\/src\/(ui|platform|contract)\/|@vueuse/,
                },
                { name: ofTheChat, debugName: 'chat' },
              ],
            },
          },
        },
      },
    },
    // What makes the documents, for the API, which has none of these packages itself.
    ssr: {
      // The builds for browsers too: those for Node would bring a second compiler.
      resolve: { noExternal: true, conditions: ['module', 'development|production'] },
      define: { 'process.env.NODE_ENV': JSON.stringify('production') },
      build: {
        outDir: 'dist/.server',
        target: 'node26',
        copyPublicDir: false,
        rolldownOptions: {
          input: 'src/entry-server.ts',
          // One file, so that a server that runs does not miss a part of it when the site is built anew.
          output: { codeSplitting: false },
          checks: { ineffectiveDynamicImport: false },
        },
      },
    },
  },
  // Both, the one for browsers first: it empties the folder in which the other one is.
  builder: {
    async buildApp({ build, environments }) {
      for (const environment of [environments.client, environments.ssr])
        if (environment) await build(environment)
    },
  },
  server: {
    strictPort: true,
    // The API compares Origin with Host, so the browser's Host has to reach it.
    proxy: Object.fromEntries(apiPaths.map((path) => [path, { target: api, changeOrigin: false, ws: true }])),
  },
})

/**
 * What runs on every page, but for the libraries, and for the entry itself: it waits for pages that import this, which
 * would wait for it.
 */
function ofEveryPage(id: string, modules: Modules): string | null {
  const [, ...users] = usersOf(id, modules)
  return users.some((user) => user.endsWith('/src/entry-client.ts')) ? 'site' : null
}

/**
 * All that the chat's page imports statically stays one file: shared with what it loads on demand, it would
 * fall into several, which together are 1.3 kB more for every visitor.
 */
function ofTheChat(id: string, modules: Modules): string | null {
  return usersOf(id, modules).some((user) => user.endsWith('/src/chat/ChatEntry.vue')) ? 'chat' : null
}

/** What other pages import of it is one file too: else they would load all of the chat. */
function sharedByTheChat(id: string, modules: Modules): string | null {
  const isForOthers = usersOf(id, modules).some((user) => /\/src\/(?!chat\/|ui\/|platform\/)/.test(user))
  return isForOthers && ofTheChat(id, modules) ? 'shared' : null
}

/** A module itself, and then all that import it statically, directly or not. */
function usersOf(id: string, modules: Modules, seen = new Set<string>()): string[] {
  if (!seen.has(id)) {
    seen.add(id)
    for (const importer of modules.getModuleInfo(id)?.importers ?? []) usersOf(importer, modules, seen)
  }
  return [...seen]
}

/**
 * Socket.IO's client has parts for WebTransport, which this server does not offer, for its own reconnection, which is off,
 * for binary data, which the chat neither sends nor receives, and for reading addresses, of which it is given none.
 */
function withoutUnusedParts(): Plugin {
  const packetTypes = `['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop']`
  const empty: Record<string, string> = {
    './webtransport.js': 'export class WT {}',
    './contrib/backo2.js': 'export class Backoff { reset() {} }',
    './contrib/parseuri.js': 'export const parse = () => {}',
    './url.js': 'export const url = () => ({})',
    './contrib/base64-arraybuffer.js': 'export const decode = () => {}',
    './encodePacket.js': `
      export const encodePacket = ({ type, data = '' }, _, call) => call(${packetTypes}.indexOf(type) + data)
      export const encodePacketToBinary = () => {}`,
    './decodePacket.js': `
      export const decodePacket = (text) => {
        const type = ${packetTypes}[text[0]]
        return type ? { type, data: text.slice(1) || undefined } : { type: 'error', data: 'parser error' }
      }`,
    './binary.js': 'export const deconstructPacket = () => {}, reconstructPacket = deconstructPacket',
    './is-binary.js': 'export const isBinary = () => false, hasBinary = isBinary',
  }
  const libraries = /\/(?:engine|socket)\.io-(?:client|parser)\//
  return {
    name: 'without-unused-parts',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source in empty && libraries.test(importer ?? '') ? `\0unused${source}` : null,
    load: (id) => (id.startsWith('\0unused') ? empty[id.slice('\0unused'.length)] : null),
  }
}

/**
 * Pinia's file for browsers in production. The one that its package names keeps what only its devtools need, to save
 * files: 1 kB for every visitor.
 */
function productionPinia(): Plugin {
  const file = fileURLToPath(new URL('pinia.esm-browser.prod.js', import.meta.resolve('pinia')))
  return {
    name: 'production-pinia',
    enforce: 'pre',
    apply: 'build',
    resolveId: (source) => (source === 'pinia' ? file : null),
  }
}

/**
 * What the first paint waits for is asked for first, and so over the connection on which the document came: the
 * stylesheet, then the headings' font, of which the browser would learn late from it. Vite puts both below the script.
 */
function paintFirst(): Plugin {
  return {
    name: 'paint-first',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((file) => /newsreader-nordic.*\.woff2$/.test(file))
        const [style] = /<link rel="stylesheet"[^>]*>/.exec(html) ?? []
        if (!font || !style) return html
        const preload = `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${font}">`
        return html.replace(style, '').replace('<script type="module"', `${style}\n    ${preload}\n    $&`)
      },
    },
  }
}

function printOneUrl(): Plugin {
  return {
    name: 'print-one-url',
    configureServer(server) {
      server.printUrls = () => server.config.logger.info(`The site: ${server.resolvedUrls?.local[0]}`)
    },
  }
}
