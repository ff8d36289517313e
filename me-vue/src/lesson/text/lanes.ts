/** The lanes of the lesson, in the order in which they are shown; their names and sentences are `lesson-text.lanes.…`. */
export const lanes = ['socketio', 'websocket', 'sse', 'longPolling', 'polling', 'plain'] as const
