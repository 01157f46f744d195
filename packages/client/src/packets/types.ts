// Types of Socket.IO packets: the digit on the wire. Constants of their own, since a bundler writes their values.
export const CONNECT = 0;
export const DISCONNECT = 1;
export const EVENT = 2;
export const ACK = 3;
export const CONNECT_ERROR = 4;
/** What a type is raised by when attachments follow: EVENT becomes BINARY_EVENT, ACK becomes BINARY_ACK. */
export const BINARY = 3;
