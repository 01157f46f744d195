import { channelOf } from "../../../../../shared/chat/channel.ts";
import { chatNamespace } from "../../../../../shared/chat/events.ts";
import type { Doors } from "../../../../../shared/chat/events.ts";
import { paths } from "../../../../../shared/chat/wire.ts";
import type { Wire } from "../../../../../shared/chat/wire.ts";

/** Something to copy and run, that takes part in a room of this playground. */
export interface Snippet {
  readonly id: "terminal" | "python" | "curl" | "http" | "browser";
  readonly label: string;
  readonly wire: Wire;
  readonly hint: string;
  readonly code: string;
}

export interface SnippetPlace {
  /** Of this page, such as `http://localhost:3000`. */
  readonly origin: string;
  readonly room: string;
  readonly doors: Doors;
}

/** Those that this server lets in. */
export function snippetsFor(place: SnippetPlace): readonly Snippet[] {
  return snippetsOf(place).filter(({ wire }) => place.doors.wires.includes(wire));
}

function snippetsOf(place: SnippetPlace): readonly Snippet[] {
  return [
    {
      id: "python",
      label: "Python",
      wire: "json",
      hint: "With the package websockets, which knows nothing of Hawser.",
      code: pythonCode(place),
    },
    {
      id: "terminal",
      label: "Terminal",
      wire: "text",
      hint: "Each line that you type is a message.",
      code: terminalCode(place),
    },
    {
      id: "curl",
      label: "SSE",
      wire: "sse",
      hint: "Server-Sent Events. With Last-Event-ID it goes on where it stopped.",
      code: curlCode(place),
    },
    {
      id: "http",
      label: "HTTP",
      wire: "http",
      hint: "One request from a cron job, a form, or a backend in any language.",
      code: publishCode(place),
    },
    {
      id: "browser",
      label: "Browser",
      wire: "json",
      hint: "For the console of any page of this server. Below, this page does the same.",
      code: browserCode(place),
    },
  ];
}

/** The address of the WebSocket. */
export function plainUrl(origin: string): string {
  return origin.replace(/^http/, "ws") + paths.plain;
}

/** The address of the stream of events. */
export function sseUrl(origin: string, room: string, name: string): string {
  const query = new URLSearchParams({ namespace: chatNamespace, room: channelOf(room) });
  const readable = query.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
  return `${origin}${paths.sse}?${readable}&token=${encodeURIComponent(name)}`;
}

function publishBody(room: string, text: string, name: string): object {
  return {
    namespace: chatNamespace,
    room: channelOf(room),
    event: "message",
    durable: true,
    data: [{ text, author: { name } }],
  };
}

function pythonCode({ origin, room }: SnippetPlace): string {
  return `python3 - <<'EOF'
import asyncio, json, websockets

async def main():
    async with websockets.connect("${plainUrl(origin)}") as ws:
        async def say(**message):
            await ws.send(json.dumps(message))
        await say(connect={"namespace": "${chatNamespace}", "auth": {"name": "Python"}})
        await say(subscribe=["${channelOf(room)}"], namespace="${chatNamespace}")
        await say(event="say", data=["${room}", "Hello from Python"], id=1, namespace="${chatNamespace}")
        async for text in ws:
            print(text)

asyncio.run(main())
EOF`;
}

function terminalCode({ origin, room }: SnippetPlace): string {
  const url = `${origin.replace(/^http/, "ws")}${paths.text}?room=${room}&token=Terminal`;
  return `# with the command line of Hawser, in its folder
npx hawser connect --raw "${url}"

# with websocat
websocat "${url}"`;
}

function curlCode({ origin, room }: SnippetPlace): string {
  return `curl -N "${sseUrl(origin, room, "curl")}"`;
}

function publishCode({ origin, room, doors: { publishing } }: SnippetPlace): string {
  const key = publishing.key ?? "hk_…";
  const authorization = publishing.locked ? ` \\\n  -H 'Authorization: Bearer ${key}'` : "";
  const body = JSON.stringify(publishBody(room, "Hello from curl", "curl"));
  return `curl -X POST ${origin}${paths.publish} \\
  -H 'Content-Type: application/json'${authorization} \\
  -d '${body}'`;
}

function browserCode({ origin, room }: SnippetPlace): string {
  return `const ws = new WebSocket("${plainUrl(origin)}");
const say = (message) => ws.send(JSON.stringify({ ...message, namespace: "${chatNamespace}" }));
ws.onmessage = ({ data }) => console.log(data);
ws.onopen = () => {
  ws.send(\`{"connect":{"namespace":"${chatNamespace}","auth":{"name":"Console"}}}\`);
  say({ subscribe: ["${channelOf(room)}"] });
  say({ event: "say", data: ["${room}", "Hello from the console"] });
};

const events = new EventSource("${sseUrl(origin, room, "Console")}");
events.onmessage = ({ data }) => console.log(data);`;
}
