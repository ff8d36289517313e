/** The route that leads to a message, wherever it lies in its room. */
export const linkTo = ({ room, seq }: { room: string; seq: number }) => ({
  name: 'message' as const,
  params: { room, seq },
})
