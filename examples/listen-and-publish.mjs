// Without any client: Server-Sent Events to listen, one HTTP request to speak.
import { once } from "node:events";
import { createServer } from "node:http";
import { makeApiKey, Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const { key, entry } = makeApiKey({ id: "cron", scopes: ["publish:room:news"] });
const io = new Server(http, {
  sse: true,
  delivery: {},
  publish: { keys: [entry] },
  subscribe: (socket, room) => room === "news",
});
const url = `http://127.0.0.1:${http.address().port}/hawser`;

/** The events of a stream, as they come: what follows `data:`, and the last `id:`. */
async function* listen(lastEventId) {
  const headers = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
  const { body } = await fetch(`${url}/sse?room=news`, { headers });
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data) yield { id: /^id: (.*)$/m.exec(block)?.[1], ...JSON.parse(data) };
    }
  }
}

async function publish(...data) {
  const response = await fetch(`${url}/publish`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ room: "news", event: "headline", data, durable: true }),
  });
  return response.status;
}

let position;
for await (const { id, connected, data } of listen()) {
  if (connected) console.log("published:", await publish("first"));
  if (!data) continue;
  console.log("heard:", data[0]);
  position = id;
  break; // the line breaks
}
await publish("second"); // nobody listens

for await (const { data } of listen(position)) {
  if (!data) continue;
  console.log("missed:", data[0]);
  break;
}
await io.close();
