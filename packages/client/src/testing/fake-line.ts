/* oxlint-disable no-restricted-imports -- for tests only, not part of the package */
import { afterEach, beforeEach, vi } from "vitest";
import { Manager } from "../manager.ts";
import type { ManagerOptions, SocketOptions } from "../options.ts";
import type { Socket } from "../socket.ts";
import { FakeTransport, FakeWebSocket, lastTransport } from "./fake-transport.ts";

type Options = Partial<ManagerOptions & SocketOptions>;

/** For each test a new list of transports, and a clock that the test moves. */
export function useFakeLine(): void {
  beforeEach(() => {
    FakeTransport.made = [];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** A socket on a connection that is open, and not yet in its namespace. */
export function open(options: Options = {}, nsp = "/"): Socket {
  const manager = new Manager("http://h", {
    transports: [FakeWebSocket],
    randomizationFactor: 0,
    reconnectionDelay: 100,
    ...options,
  });
  const socket = manager.socket(nsp, options);
  if (options.autoConnect !== false) lastTransport().handshake();
  return socket;
}

/** The same, admitted by the server. */
export function connect(options: Options = {}, connected: object = { sid: "s1" }): Socket {
  const socket = open(options);
  lastTransport().message(`0${JSON.stringify(connected)}`);
  lastTransport().sent.length = 0;
  return socket;
}

/** The line is cut; the next one is there. */
export function reopen(): void {
  lastTransport().drop();
  vi.advanceTimersByTime(100);
  lastTransport().handshake();
}

export function listen(socket: Socket): string[] {
  const told: string[] = [];
  socket.on("connect", () => told.push(`connect ${socket.id}`));
  socket.on("connect_error", (error) => told.push(`connect_error ${error.message}`));
  socket.on("disconnect", (reason) => told.push(`disconnect ${reason}`));
  return told;
}
