import type { NewRoom } from '../../contract/index.ts'

/** Where `{owner}` stands in a text, or as a person, it is the owner. */
export const OWNER = '{owner}'

export type Line = {
  /** `6d 18:02`: six days ago at that time (UTC), or `25m`: that many minutes ago. */
  when: string
  by: string
  text: string
  /** A name by which a later line answers this one. */
  as?: string
  to?: string
  /** Emoji → people. */
  reactions?: Record<string, string[]>
  /** What its author makes of it two minutes later. */
  edited?: string
  /** Its author takes it back three minutes later. */
  isDeleted?: boolean
}

export const rooms: NewRoom[] = [
  { name: 'sockets', title: 'Sockets and streams' },
  { name: 'coffee', title: 'The coffee corner' },
]

/** A week of talk, each room in the order of time. */
export const talk: Record<string, Line[]> = {
  lobby: [
    {
      when: '7d 17:02',
      by: OWNER,
      text: 'The door is open! Come in, pick a nick, try to break things.',
      as: 'open',
      reactions: { '🎉': ['Mira', 'Jonas', 'tove_k'], '🚪': ['Oskar'] },
    },
    { when: '7d 17:09', by: 'Mira', text: 'First! 🎈' },
    { when: '7d 17:10', by: 'Jonas', text: 'Second. Nice place. I like the lamp.' },
    {
      when: '7d 17:11',
      by: OWNER,
      text: 'The lamp is on when I am here. It was the first thing I built, before anything useful.',
      reactions: { '💡': ['Jonas', 'Mira'] },
    },
    { when: '7d 17:14', by: 'Jonas', text: 'Do I need an account?' },
    { when: '7d 17:15', by: OWNER, text: 'No. A nick is enough. An account only keeps the nick yours.' },
    { when: '7d 17:21', by: 'tove_k', text: 'does it do **markdown**? and `code`?' },
    {
      when: '7d 17:22',
      by: 'tove_k',
      text: 'it does. ok I am staying',
      reactions: { '😄': [OWNER, 'Mira'] },
    },
    {
      when: '7d 20:40',
      by: 'Oskar',
      text: 'I read report 1. "Undefined o\'clock" is how I live my life.',
      reactions: { '😂': [OWNER, 'Jonas', 'tove_k', 'Mira'] },
    },
    {
      when: '6d 07:31',
      by: 'nightowl',
      text: 'Good morning from the late shift. Or good night. One of those.',
    },
    { when: '6d 07:48', by: OWNER, text: 'Good both! There is fresh coffee in the next room.' },
    {
      when: '6d 12:03',
      by: 'Mira',
      text: 'I am on the train with the famous tunnel. Writing this insde it.',
      edited: 'I am on the train with the famous tunnel. Writing this inside it.',
      as: 'tunnel',
      reactions: { '🚇': [OWNER, 'Jonas'] },
    },
    { when: '6d 12:04', by: 'Jonas', to: 'tunnel', text: 'It arrived here just now. Are you out again?' },
    {
      when: '6d 12:05',
      by: 'Mira',
      text: 'Out since half a minute. It waited with a little clock beside it and then went by itself. I did nothing!',
    },
    {
      when: '6d 12:06',
      by: OWNER,
      text: 'That is the outbox. You have just made my week.',
      reactions: { '❤️': ['Mira'] },
    },
    {
      when: '6d 18:22',
      by: 'Pixel Pia',
      text: 'Hi all. I opened this on a very small phone, 320 pixels wide, because I am like that. Nothing overflows. I am almost disappointed.',
    },
    { when: '6d 18:25', by: OWNER, text: 'Please keep looking. It makes me nervous in a good way.' },
    { when: '5d 09:12', by: 'Emre', text: 'What happens if I send the same message ten times very fast?' },
    { when: '5d 09:13', by: OWNER, text: 'You are told to breathe. Try it!' },
    {
      when: '5d 09:14',
      by: 'Emre',
      text: 'I was told to breathe.',
      reactions: { '😂': [OWNER, 'Mira', 'tove_k', 'Pixel Pia'] },
    },
    { when: '5d 13:37', by: 'tove_k', text: 'of course somebody writes at 13:37' },
    { when: '5d 19:50', by: 'Ylva', text: 'Hej! Is Swedish okay here?' },
    {
      when: '5d 19:51',
      by: 'Mira',
      text: 'Javisst! The whole site speaks it too, look at the foot of the page.',
    },
    {
      when: '5d 19:53',
      by: 'Ylva',
      text: 'Åh, fint. Då stannar jag.',
      reactions: { '🇸🇪': ['Mira', 'Oskar'] },
    },
    { when: '4d 08:15', by: 'Jonas', text: 'Question of the day: tabs or spaces?' },
    {
      when: '4d 08:16',
      by: 'Oskar',
      text: 'I will delete this question before it is too late for all of us.',
      isDeleted: true,
    },
    {
      when: '4d 08:20',
      by: 'nightowl',
      text: 'Whatever the formatter says. I have given up, and sleep better.',
      reactions: { '👍': [OWNER, 'Jonas', 'tove_k', 'Mira', 'Emre'] },
    },
    {
      when: '4d 17:33',
      by: 'Pixel Pia',
      text: 'Found something! With the text at 200 % the search button is two pixels off.',
    },
    {
      when: '4d 17:41',
      by: OWNER,
      text: 'Confirmed, with a ruler. Mended tonight, thank you.',
      reactions: { '🙏': ['Pixel Pia'] },
    },
    { when: '4d 22:10', by: OWNER, text: 'Mended. It was one pixel mine and one pixel rounding.' },
    { when: '3d 10:05', by: 'Emre', text: 'Can I read the room from a script?' },
    {
      when: '3d 10:07',
      by: OWNER,
      text: 'Yes, everything is plain HTTP too:\n```sh\ncurl localhost:1337/api/chat/rooms/lobby/messages\n```\nThere is a page about it at `/api/docs`.',
      reactions: { '🤓': ['Emre', 'tove_k'] },
    },
    { when: '3d 10:15', by: 'Emre', text: 'My terminal now has a lobby. Thank you.' },
    {
      when: '3d 18:44',
      by: 'Mira',
      text: 'Report 5 is out and I am in it. I was 400 of the readers!',
      as: 'readers',
    },
    { when: '3d 18:46', by: 'Oskar', to: 'readers', text: 'How does one become 400 readers?' },
    {
      when: '3d 18:47',
      by: 'Mira',
      text: 'One `for` loop, one afternoon, and a very warm laptop.',
      reactions: { '🔥': ['Oskar', OWNER] },
    },
    {
      when: '2d 07:58',
      by: 'Ylva',
      text: 'Good morning! I had 61 unread and it brought me to exactly where I left. How?',
    },
    {
      when: '2d 08:04',
      by: OWNER,
      text: 'A room is a numbered list, and your browser remembers the last number it showed you. That is nearly all of it; week 4 has the rest.',
    },
    { when: '2d 08:06', by: 'Ylva', text: 'So a bookmark.' },
    {
      when: '2d 08:07',
      by: OWNER,
      text: 'So a bookmark. That would have been a shorter report.',
      reactions: { '😄': ['Ylva', 'Jonas', 'Mira'] },
    },
    {
      when: '2d 21:15',
      by: 'nightowl',
      text: 'The dark mode at night is very kind to the eyes, by the way.',
    },
    {
      when: '1d 12:30',
      by: 'Jonas',
      text: 'Lunch and report 6. The table of "which one, then?" goes on my wall.',
    },
    {
      when: '1d 12:34',
      by: 'tove_k',
      text: 'it is a list, not a table',
      edited: 'it is a list, not a table. but yes. wall.',
    },
    { when: '1d 20:02', by: 'Oskar', text: 'Is the weather station really watching?' },
    {
      when: '1d 20:03',
      by: OWNER,
      text: 'It just blinked. Hello, Oskar.',
      reactions: { '👀': ['Oskar', 'Mira'], '💡': ['Jonas', 'Ylva', 'Emre'] },
    },
    { when: '1d 20:04', by: 'Oskar', text: 'I feel seen.' },
    { when: '94m', by: 'Pixel Pia', text: 'Anybody here? I have cake and nobody to show it to.', as: 'cake' },
    { when: '91m', by: 'Mira', to: 'cake', text: 'Always here for cake. Which one?' },
    { when: '90m', by: 'Pixel Pia', text: 'Blueberry. I will describe it in the coffee corner.' },
    {
      when: '47m',
      by: 'Ylva',
      text: 'A new colleague is reading along over my shoulder. Say something clever, everybody!',
    },
    { when: '45m', by: 'tove_k', text: 'something clever', reactions: { '👏': ['Ylva', 'Jonas', OWNER] } },
    {
      when: '22m',
      by: OWNER,
      text: 'Welcome, colleague! Pick a nick and write, whatever you write will be here tomorrow.',
      reactions: { '👋': ['Ylva', 'Mira'] },
    },
  ],
  sockets: [
    {
      when: '7d 18:30',
      by: OWNER,
      text: 'This room is for the technical things, so that the lobby can stay a lobby.',
    },
    {
      when: '7d 18:52',
      by: 'tove_k',
      text: 'first question then. why is there a handshake at all? why not just open a TCP connection?',
      as: 'handshake',
    },
    {
      when: '7d 18:58',
      by: 'Emre',
      to: 'handshake',
      text: 'Because it has to pass everything that only knows HTTP: proxies, port 443, cookies. It is a disguise that becomes the costume.',
    },
    {
      when: '7d 19:01',
      by: OWNER,
      text: 'And the server proves that it _meant_ to speak WebSocket, by hashing the key it was sent ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455), section 4.2.2). A server that only echoes cannot be tricked into it.',
      reactions: { '💡': ['tove_k', 'Emre'] },
    },
    { when: '6d 09:20', by: 'Emre', text: 'How often do you ping?' },
    {
      when: '6d 09:24',
      by: OWNER,
      text: 'Every ten seconds, and eight seconds to answer. Shorter and phones complain; longer and ghosts stay for dinner.',
    },
    {
      when: '6d 09:26',
      by: 'Jonas',
      text: '"Ghosts stay for dinner" would be a fine name for a band.',
      reactions: { '👻': [OWNER, 'Emre', 'tove_k'] },
    },
    {
      when: '5d 16:40',
      by: 'tove_k',
      text: 'my reconnect loop, please be kind:\n```js\nfunction connect(wait = 500) {\n  const socket = new WebSocket(url)\n  socket.onopen = () => (wait = 500)\n  socket.onclose = () => setTimeout(connect, wait, wait * 2)\n}\n```',
      as: 'loop',
    },
    {
      when: '5d 16:49',
      by: 'Emre',
      to: 'loop',
      text: 'Two things. Give `wait` a ceiling, or it tries again next Thursday. And add some chance: if the server restarts, all of us come back in the same millisecond.',
    },
    {
      when: '5d 16:52',
      by: OWNER,
      to: 'loop',
      text: 'What Emre says. A little randomness is the politest thing a client can do.',
      reactions: { '🎲': ['Emre', 'tove_k'] },
    },
    {
      when: '5d 17:05',
      by: 'tove_k',
      text: '```js\nconst next = Math.min(5_000, wait * 2)\nsetTimeout(connect, wait * (0.5 + Math.random() / 2), next)\n```\nlike so?',
      reactions: { '✅': ['Emre', OWNER] },
    },
    {
      when: '4d 11:11',
      by: 'nightowl',
      text: 'I left a stream open over night with `curl -N`. It was still there in the morning, with one comment line every 25 seconds. Very restful reading.',
    },
    { when: '4d 11:20', by: OWNER, text: 'Those lines keep proxies from thinking that nobody is home.' },
    {
      when: '3d 14:02',
      by: 'Jonas',
      text: 'Is there a reason to keep long polling in this century?',
      as: 'century',
    },
    {
      when: '3d 14:10',
      by: 'nightowl',
      to: 'century',
      text: 'Hotel networks. My whole career is hotel networks.',
      reactions: { '🏨': ['Jonas', OWNER], '😂': ['tove_k'] },
    },
    {
      when: '2d 15:30',
      by: 'Emre',
      text: 'Small win: I replaced my own protocol of 300 lines with "what came after number N?". It is 40 lines now, and I understand them all.',
      reactions: { '🎉': [OWNER, 'tove_k', 'Mira', 'Jonas'] },
    },
    {
      when: '1d 09:45',
      by: 'tove_k',
      text: 'today I learned that `readyState` 2 means *closing*, and that I have been sending into it for weeks',
    },
    {
      when: '1d 09:50',
      by: OWNER,
      text: 'The network equivalent of waving at somebody who waved at the person behind you.',
      reactions: { '🙈': ['tove_k', 'Emre'] },
    },
  ],
  coffee: [
    { when: '6d 07:55', by: OWNER, text: 'Fresh pot. Help yourselves ☕' },
    { when: '6d 08:01', by: 'nightowl', text: 'Decaf for me, I am on my way to bed.' },
    { when: '6d 08:20', by: 'Jonas', text: 'Filter, press or machine? Choose your side.', as: 'sides' },
    {
      when: '6d 08:22',
      by: 'Mira',
      to: 'sides',
      text: 'Tea.',
      reactions: { '🫖': ['Ylva', 'Pixel Pia'], '😱': ['Jonas'] },
    },
    { when: '5d 20:10', by: 'Ylva', text: 'Fika klockan tre varje dag. It should be in the HTTP standard.' },
    {
      when: '5d 20:12',
      by: 'Oskar',
      text: 'There is 418, which is close. A teapot that refuses.',
      reactions: { '🫖': ['Mira', OWNER, 'tove_k'] },
    },
    { when: '3d 15:00', by: 'Ylva', text: 'It is three.' },
    { when: '3d 15:00', by: 'Mira', text: 'It is three!', reactions: { '🍰': ['Ylva', 'Pixel Pia', OWNER] } },
    {
      when: '1d 16:25',
      by: 'Emre',
      text: 'I walked by the sea at lunch and solved the bug there. The laptop was not even with me.',
    },
    { when: '1d 16:31', by: OWNER, text: 'They live in the keyboard. One has to lure them out.' },
    {
      when: '86m',
      by: 'Pixel Pia',
      text: 'So. Blueberry, a crust with cardamom, a little burnt at one corner, on purpose I say.',
      reactions: { '🫐': ['Mira', 'Ylva'], '😋': [OWNER, 'Oskar'] },
    },
    { when: '80m', by: 'Mira', text: 'The burnt corner is mine, I called it.' },
  ],
}
