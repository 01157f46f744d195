import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { WebSocketError } from "../../../errors.ts";
import { PerMessageDeflate } from "../../../deflate/per-message-deflate.ts";
import { parseAddress } from "../../../handshake/address.ts";
import { isHeaderLine, parseExtensions, parseProtocols } from "../../../handshake/headers.ts";
import { WebSocket } from "../../../socket/websocket.ts";
import type { FuzzTarget } from "../fuzzer.ts";

const server = new PerMessageDeflate({});
const client = new PerMessageDeflate({ clientMaxWindowBits: true });

/** What a server may say to an offer: its own client has to take it. */
function negotiate(header: string, note: (feature: string) => void): void {
  const offers = parseExtensions(header);
  const accepted = server.accept(header);
  if (offers === undefined && accepted !== undefined) throw new Error("took a malformed offer");
  if (accepted !== undefined && parseExtensions(accepted.header)?.length !== 1)
    throw new Error(`a malformed answer: ${accepted.header}`);
  const checked = client.check(header);
  note(`offer ${accepted?.header}`);
  note(
    `answer ${typeof checked === "string" ? checked.split(" ").slice(-3).join(" ") : checked.header}`,
  );
}

function parse(text: string, note: (feature: string) => void): void {
  const protocols = parseProtocols(text);
  note(`protocols ${protocols === undefined ? "no" : Math.min(3, protocols.length)}`);
  if (isHeaderLine(text) && /[\r\n\0]/.test(text)) throw new Error("a header that breaks its line");
  try {
    note(`address ${parseAddress(text).secure}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}

let listening: Promise<Server> | undefined;
let answer: Buffer = Buffer.alloc(0);

/** A server that answers every request with the input, with the right accept key where it says KEY, and goes. */
function badServer(): Promise<Server> {
  return (listening ??= new Promise((resolve) => {
    const made = createServer((socket: Socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(answer));
    });
    made.unref();
    made.listen(0, "127.0.0.1", () => resolve(made));
  }));
}

async function ask(bytes: Buffer, note: (feature: string) => void): Promise<void> {
  answer = bytes;
  const { port } = (await badServer()).address() as AddressInfo;
  await new Promise<void>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, "a", {
      createConnection: () => connect(port, "127.0.0.1").unref(),
      handshakeTimeout: 2_000,
      closeTimeout: 500,
      perMessageDeflate: true,
    });
    let told: Error | undefined;
    socket.on("error", (error: Error) => (told = error));
    socket.on("close", () => {
      const code = (told as { code?: string } | undefined)?.code ?? "none";
      note(`client ${code}`);
      const known =
        told instanceof WebSocketError ||
        /^(?:HPE_|ECONN|EPIPE|none)/.test(code) ||
        told instanceof SyntaxError;
      if (known) resolve();
      else reject(told ?? new Error(code));
    });
  });
}

/** The first byte says what the rest is: a header, or a server's whole answer. */
export const target: FuzzTarget = {
  name: "handshake",
  seeds: [
    "apermessage-deflate; client_max_window_bits",
    "bchat, superchat",
    "bws://user:pass@[::1]:80/path?query",
    "bws+unix:/tmp/x.sock:/path",
    'apermessage-deflate; server_max_window_bits="10"; server_no_context_takeover, x-foo; a="b\\"c"',
    "cHTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
    "cHTTP/1.1 302 Found\r\nLocation: ws://x/\r\nContent-Length: 0\r\n\r\n",
  ].map((text) => Buffer.from(text, "latin1")),
  words: [
    "permessage-deflate",
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_max_window_bits=",
    "client_max_window_bits",
    "; ",
    ", ",
    '"',
    "\\",
    "__proto__",
    "\r\n",
    "Sec-WebSocket-Extensions: ",
    "Sec-WebSocket-Protocol: a\r\n",
    "Upgrade: websocket\r\n",
    "wss://",
  ].map((text) => Buffer.from(text, "latin1")),
  run(input, note) {
    const kind = (input[0] ?? 0) % 3;
    const text = input.toString("latin1", 1);
    // "a", "b" and "c" of the seeds.
    if (kind === 1) negotiate(text, note);
    else if (kind === 2) parse(text, note);
    else return ask(input.subarray(1), note);
    return undefined;
  },
};
