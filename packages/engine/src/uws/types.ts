/* What is used of µWebSockets.js 20, named here so that nobody has to install it. */

/** An app: `App()` or `SSLApp()`. */
export interface UwsApp {
  any(
    pattern: string,
    handler: (response: UwsHttpResponse, request: UwsHttpRequest) => void,
  ): unknown;
  ws(pattern: string, behavior: UwsBehavior): unknown;
}

export interface UwsHttpRequest {
  getMethod(): string;
  getUrl(): string;
  getQuery(): string;
  forEach(each: (name: string, value: string) => void): void;
}

export interface UwsHttpResponse {
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: string): unknown;
  end(body: string | Uint8Array): unknown;
  close(): unknown;
  onAborted(handler: () => void): unknown;
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  cork(write: () => void): unknown;
  getRemoteAddressAsText(): ArrayBuffer;
  upgrade(
    userData: object,
    key: string,
    protocol: string,
    extensions: string,
    context: unknown,
  ): void;
}

export interface UwsWebSocket {
  /** 1: sent, 0: waits, 2: dropped. */
  send(message: string | Uint8Array, isBinary: boolean, compress: boolean): number;
  getBufferedAmount(): number;
  getUserData(): unknown;
  cork(write: () => void): unknown;
  end(code?: number): void;
  close(): void;
}

export interface UwsBehavior {
  compression?: number;
  idleTimeout?: number;
  maxBackpressure?: number;
  maxPayloadLength: number;
  upgrade(response: UwsHttpResponse, request: UwsHttpRequest, context: unknown): void;
  open(webSocket: UwsWebSocket): void;
  message(webSocket: UwsWebSocket, message: ArrayBuffer, isBinary: boolean): void;
  drain(webSocket: UwsWebSocket): void;
  close(webSocket: UwsWebSocket): void;
}
