// Throws a die for whoever says "!roll": BOT_TOKEN=bot_… node bot.mjs http://localhost:1337
const [site = 'http://localhost:1337'] = process.argv.slice(2)
const chat = new WebSocket(`${site.replace(/^http/, 'ws')}/api/chat/socket?token=${process.env.BOT_TOKEN}`)
const ask = (event, data, ack) => chat.send(JSON.stringify({ event, data, ack }))
let newest = Infinity
chat.onopen = () => ask('room:enter', { room: 'lobby', after: null }, 'entered')
chat.onmessage = ({ data: frame }) => {
  const { event, ack, data } = JSON.parse(frame)
  if (ack === 'entered') newest = Math.max(0, ...data.data.messages.map(({ seq }) => seq))
  if (event !== 'room:changed') return
  for (const { id, seq, author, text } of data.messages) {
    if (seq <= newest) continue // A reaction or an edit brings a message once more.
    newest = seq
    if (author.role === 'bot' || text !== '!roll') continue
    const answer = `${1 + Math.floor(6 * Math.random())}`
    ask('message:send', { room: 'lobby', id: crypto.randomUUID(), replyTo: id, text: answer })
  }
}
chat.onclose = ({ reason }) => process.exit(console.error(`closed: ${reason}`) ?? 1)
