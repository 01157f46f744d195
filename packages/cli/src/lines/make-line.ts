import type { Dialect } from "../target.ts";
import type { Line, LineHandler, LineOptions } from "./line.ts";

/** A line in a language; each language is loaded when it is spoken. */
export async function makeLine(
  dialect: Dialect,
  options: LineOptions,
  handler: LineHandler,
): Promise<Line> {
  switch (dialect) {
    case "socket.io": {
      const { SocketIoLine } = await import("./socket-io-line.ts");
      return new SocketIoLine(options, handler);
    }
    case "raw": {
      const { RawLine } = await import("./raw-line.ts");
      return new RawLine(options, handler);
    }
    case "plain":
    case "msgpack": {
      const { PlainLine } = await import("./plain-line.ts");
      return new PlainLine(options, handler, dialect === "msgpack");
    }
    case "sse":
    default: {
      const { SseLine } = await import("./sse-line.ts");
      return new SseLine(options, handler);
    }
  }
}
