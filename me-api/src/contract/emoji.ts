/** The emoji that the site offers, each with the words that find it: the shortcodes known from elsewhere. */
const ALL = `
👍 thumbsup +1 yes|👎 thumbsdown -1 no|❤️ heart love|😂 joy laughing tears|🎉 tada party|👏 clap bravo|🔥 fire hot|🙏 pray thanks please
😀 grinning smile|😃 smiley|😄 smile happy|😁 grin|😆 laughing|😅 sweat_smile|🤣 rofl|😊 blush|🙂 slightly_smiling|🙃 upside_down|😉 wink|😌 relieved
😍 heart_eyes love|🥰 smiling_hearts love|😘 kissing_heart|😋 yum|😛 tongue|😜 winking_tongue|🤪 zany|🤗 hug|🤔 thinking|🫡 salute|🤫 shush quiet|🤭 giggle
😐 neutral|😑 expressionless|😶 no_mouth|🙄 rolling_eyes|😏 smirk|😬 grimace|🤥 liar|😴 sleeping tired|🥱 yawn tired|😎 sunglasses cool|🤓 nerd|🧐 monocle
😕 confused|😟 worried|🙁 frown sad|😮 open_mouth wow|😲 astonished wow|🥺 pleading|😢 cry sad|😭 sob sad|😱 scream fear|😤 triumph|😡 rage angry|🤬 cursing
🤯 exploding_head mind_blown|😳 flushed|🥵 hot|🥶 cold freezing|😇 angel innocent|🤠 cowboy|🥳 partying|🥸 disguise|🤖 robot|👻 ghost|💀 skull dead|👽 alien|💩 poop
👋 wave hello bye|🤚 raised_back_of_hand|✋ hand stop|👌 ok_hand|🤌 pinched|✌️ victory peace|🤞 crossed_fingers luck|🤟 love_you|🤘 metal rock|👈 point_left|👉 point_right|👆 point_up|👇 point_down
✊ fist|👊 punch fist_bump|🙌 raised_hands hooray|🫶 heart_hands|🤝 handshake deal|💪 muscle strong|🫠 melting|👀 eyes look|🧠 brain|🤷 shrug|🤦 facepalm|🙋 raising_hand|💁 tipping_hand
🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|🤍 white_heart|💔 broken_heart|💕 two_hearts|✨ sparkles|⭐ star|🌟 glowing_star|💯 100 hundred|💥 boom|💫 dizzy
✅ check done yes|☑️ ballot_check|❌ x no cross|❓ question|❗ exclamation|⚠️ warning|🚫 forbidden no|💡 bulb idea lamp|🔔 bell|📌 pin|🔗 link|🔍 mag search|🔒 lock|🔑 key|🛠️ tools|🔧 wrench fix
💻 laptop computer|🖥️ desktop|⌨️ keyboard|📱 phone|💾 floppy save|📦 package ship|🐛 bug|🧪 test_tube|🚀 rocket ship|🧹 broom clean|📈 chart_up|📉 chart_down|📝 memo write|📚 books|📖 book|📎 paperclip|📅 calendar|⏰ alarm|⏳ hourglass wait
🐶 dog|🐱 cat|🦊 fox|🐻 bear|🐼 panda|🐸 frog|🐵 monkey|🙈 see_no_evil|🦉 owl|🦦 otter|🐧 penguin|🦄 unicorn|🐝 bee|🦋 butterfly|🐢 turtle|🐙 octopus|🐟 fish|🐳 whale
🌱 seedling|🌲 tree evergreen|🌷 tulip|🌹 rose|🌻 sunflower|🍀 clover luck|🍁 maple autumn|🌈 rainbow|☀️ sun|⛅ cloud_sun|🌧️ rain|⛄ snowman|❄️ snow|🌙 moon night|🌍 earth world|🌊 wave sea
☕ coffee fika|🍵 tea|🍺 beer|🍻 cheers beers|🥂 cheers champagne|🍷 wine|🍕 pizza|🍔 burger|🌮 taco|🍣 sushi|🍎 apple|🍌 banana|🍓 strawberry|🥑 avocado|🧀 cheese|🍞 bread|🧇 waffle|🍪 cookie|🎂 cake birthday|🍫 chocolate|🍿 popcorn
⚽ football soccer|🏀 basketball|🎾 tennis|🏆 trophy win|🥇 first gold|🎯 dart bullseye|🎮 game|🎲 dice|🎸 guitar|🎵 music note|🎧 headphones|🎨 art palette|🎬 film|📷 camera|🎁 gift present|🎈 balloon
🚆 train|🚲 bike|🚗 car|✈️ airplane fly|⛵ sailboat|🏠 house home|🏡 garden_house home|🏔️ mountain|🏖️ beach|⛺ tent|🇸🇪 sweden flag|🇳🇴 norway flag|🇬🇧 uk britain flag|🏳️‍🌈 pride rainbow flag
`

export type Emoji = { emoji: string; words: string }

export const emojis: readonly Emoji[] = ALL.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const space = entry.indexOf(' ')
    return { emoji: entry.slice(0, space), words: entry.slice(space + 1) }
  })

/** Emoji by shortcode; if two share a word, it belongs to the one that has it first, then to the earlier one. */
export const emojiNames: ReadonlyMap<string, string> = new Map(
  [1, 0].flatMap((from) =>
    emojis.toReversed().flatMap(({ emoji, words }) =>
      words
        .split(' ')
        .slice(from, from === 0 ? 1 : undefined)
        .map((word) => [word, emoji] as const),
    ),
  ),
)
