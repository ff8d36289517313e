// Loaded into a program with Node's `--import`: from the start with FULL_DISK=start, else from SIGUSR2 on, SQLite can
// store nothing, as on a full disk: a commit fails, and SQLite has rolled the transaction back by itself.
import Sqlite from 'better-sqlite3'

let isFull = process.env.FULL_DISK === 'start'
process.on('SIGUSR2', () => (isFull = true))

const { prepare } = Sqlite.prototype
const full = () => new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL')
let hasWritten = false

Sqlite.prototype.prepare = function (text) {
  const statement = prepare.call(this, text)
  const isCommit = text === 'commit'
  const isWrite = !statement.readonly && !/^(begin|pragma)/i.test(text)
  if (!isCommit && !isWrite) return statement
  const guarded = (method) => (parameters) => {
    if (isFull && (isCommit ? hasWritten : !this.inTransaction)) {
      hasWritten = false
      if (this.inTransaction) this.exec('rollback')
      throw full()
    }
    hasWritten = isWrite && this.inTransaction
    return statement[method](parameters)
  }
  return { reader: statement.reader, run: guarded('run'), all: guarded('all'), iterate: guarded('iterate') }
}
