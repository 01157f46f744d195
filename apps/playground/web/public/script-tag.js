// The global `io` comes from /socket.io/socket.io.js, which the server serves.
const byId = (id) => document.getElementById(id);

const secret = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
  byte.toString(16).padStart(2, "0"),
).join("");
const socket = io("/chat", { auth: { secret, name: "Script tag" } });

let newest;

socket.on("connect", async () => {
  byId("status").textContent = "Connected.";
  // Coming back after a loss, what was missed in between is among the newest.
  const lobby = await socket.timeout(5000).emitWithAck("join", { room: "lobby" });
  if (lobby.ok) lobby.messages.forEach(show);
});
socket.on("disconnect", (reason) => {
  byId("status").textContent = `Connection lost (${reason}). It comes back by itself.`;
});
socket.on("message", show);

byId("echo").addEventListener("click", async () => {
  const sentAt = performance.now();
  await socket.timeout(5000).emitWithAck("probe");
  const ms = (performance.now() - sentAt).toFixed(1);
  byId("answer").textContent = `${ms} ms over ${socket.io.engine.transport.name}`;
});

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const draft = {
    key: crypto.getRandomValues(new Uint32Array(4)).join("-"),
    room: "lobby",
    text: byId("text").value,
  };
  const reply = await socket.timeout(5000).emitWithAck("send", draft);
  if (!reply.ok) {
    byId("answer").textContent = reply.error.text;
    return;
  }
  show(reply.message);
  byId("text").value = "";
});

function show({ id, author, text, picture }) {
  if (id <= newest) return;
  // What another backend has published stands between two messages of the chat, and is told its number only in the history.
  newest = id ?? newest + 0.5;
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = author?.name ?? "HTTP";
  line.append(name, " ", picture ? `[picture, ${picture.bytes} bytes] ${text}` : text);
  byId("log").append(line);
  line.scrollIntoView({ block: "nearest" });
}
