declare module 'socket.io-client/dist/socket.io.js' {
  export { io } from 'socket.io-client'
}
