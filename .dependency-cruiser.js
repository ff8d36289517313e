/**
 * Who may import whom, checked by `npm run lint`. Types count like values, and `import()` like `import`.
 * Why this tool: docs/decisions/0016-import-rules.md.
 */
const api = '^me-api/src'
const site = '^me-vue/src'
/** Features that stand beside the chat, and the chat's own; `$1` in a rule is the feature that imports. */
const feature = `${api}/(chat/[^/]+|(?!chat/|cli/)[^/]+)/`
const entrance = `\\.routes\\.ts$|${api}/chat/transports/`
/** Puts parts together, and so knows all of them. */
const wiring = `${api}/(main|app|cli/[^/]+)\\.ts$|/start-[^/]+\\.ts$`
const store = '\\.store\\.ts$'
const oneWay = 'Imports run one way: routes and transports → rules → store → db.'

/** A rule that fails `npm run lint`: no file of `from` imports one of `to`. */
function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to }
}

export default {
  forbidden: [
    forbid(
      'no-circle',
      'Files that import each other can only be read, tested and moved together.',
      {},
      { circular: true },
    ),
    forbid(
      'http-knows-no-feature',
      'http/ is a toolbox: pass it what it needs.',
      { path: `${api}/http/` },
      { path: `${api}/(accounts|chat|nicks|presentation|privacy|reports|site)/` },
    ),
    forbid(
      'ui-knows-no-feature',
      'ui/ uses platform/, api/ and files beside these folders; anything else is passed to it.',
      { path: `${site}/ui/` },
      { path: `${site}/(?!ui/|platform/|api/)[^/]+/` },
    ),
    forbid(
      'platform-knows-only-itself',
      'platform/ wraps the browser.',
      { path: `${site}/platform/` },
      { path: site, pathNot: `${site}/platform/` },
    ),
    forbid(
      'store-is-private',
      'A feature is a folder of me-api/src or me-api/src/chat, and its store is its own: ask its rules. The log is for all.',
      { path: feature },
      { path: store, pathNot: [`${api}/$1/`, `${api}/chat/log/`] },
    ),
    forbid('entrance-asks-rules', oneWay, { path: entrance, pathNot: wiring }, { path: store }),
    forbid('rules-know-no-entrance', oneWay, { path: api, pathNot: [entrance, wiring] }, { path: entrance }),
    forbid(
      'store-knows-no-rules',
      `${oneWay} What leads to another store is a rule.`,
      // The account's store reads the second step's table too.
      { path: `${api}/.+${store}`, pathNot: `${api}/accounts/accounts\\.store\\.ts$` },
      { path: store, reachable: true },
    ),
    forbid(
      'db-and-contract-know-no-feature',
      oneWay,
      { path: `${api}/(db|contract)/` },
      { path: `${api}/[^/]+/`, pathNot: `${api}/(db|contract)/` },
    ),
    forbid('import-is-found', 'An import that is not found is not checked.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'default'],
    },
  },
}
