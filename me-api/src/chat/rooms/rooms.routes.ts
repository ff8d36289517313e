import { z } from 'zod'
import { NewRoom, Room, RoomChanges, RoomName } from '../../contract/index.ts'
import { type Route, route } from '../../http/route.ts'
import type { Rooms } from './rooms.ts'

export const InRoom = z.object({ room: RoomName })

export function roomRoutes(rooms: Rooms): Route[] {
  return [
    route({
      method: 'get',
      path: '/chat/rooms',
      who: 'reader',
      summary: 'List the rooms',
      answer: z.array(Room),
      handle: ({ caller }) => rooms.list(caller?.person ?? null),
    }),
    route({
      method: 'post',
      path: '/chat/rooms',
      who: 'owner',
      summary: 'Create a room',
      body: NewRoom,
      answer: Room,
      status: 201,
      logged: ({ body }) => ['create-room', body.name],
      handle: ({ body }) => rooms.add(body),
    }),
    route({
      method: 'patch',
      path: '/chat/rooms/:room',
      who: 'owner',
      summary: 'Change the title, lock or slow mode of a room',
      params: InRoom,
      body: RoomChanges,
      answer: Room,
      logged: ({ params }) => ['change-room', params.room],
      handle: ({ params, body }) => rooms.change(params.room, body),
    }),
    route({
      method: 'delete',
      path: '/chat/rooms/:room',
      who: 'owner',
      summary: 'Delete a room and its messages',
      params: InRoom,
      logged: ({ params }) => ['remove-room', params.room],
      handle: ({ params }) => rooms.remove(params.room),
    }),
  ]
}
