/** What `hawser serve --init` writes: every setting, explained. */
export const exampleConfig: string = `# The config of \`hawser serve\`. All settings have these defaults unless they are commented out.
# \${NAME} in a text is taken from the environment.

host: 127.0.0.1          # 0.0.0.0 for everybody; then auth and keys are demanded
port: 3000
path: /socket.io         # Socket.IO clients
plain: { path: /hawser/ws }    # WebSocket clients of any language; false for none
sse: { path: /hawser/sse }     # Server-Sent Events; false for none
health: /health          # answers 200, and 503 while stopping; false for none
namespaces: ["/"]

# cors: { origin: ["https://app.example"], credentials: true }

# Who may connect. What is found out is the socket's user, data and first rooms.
auth: { type: none }
# auth:
#   type: tokens
#   tokens:
#     "a long random text": { user: ann, rooms: ["team:1"] }
# auth:
#   type: jwt
#   secret: \${JWT_SECRET}           # or publicKey (PEM), or jwks: https://…
#   issuer: https://login.example
#   audience: chat
#   roomsClaim: rooms               # a claim with a list of rooms
# auth:
#   type: webhook                   # POST {token, auth, namespace, address}; answer {user, data, rooms}, or 403
#   url: http://127.0.0.1:8000/auth
#   secret: \${HOOK_SECRET}          # signs the request
#   timeout: 3s
#   forward: [cookie]

# Rooms that clients may subscribe to: * is any text up to : or /, ** any text, {user} the user's name.
subscribe: []
# subscribe: ["public:*", "user:{user}"]

# What clients may say to each other: emit("chat", room, …) reaches the room's members.
relay: []
# relay:
#   - { event: chat, rooms: ["public:*"], membersOnly: true, durable: false, echo: false }

# Events for the backend: POST {event, data, socket}; the answer {"ack":[…]} acknowledges. "*" is every other event.
webhooks: []
# webhooks:
#   - { events: [order], url: "http://127.0.0.1:8000/events", secret: "\${HOOK_SECRET}", timeout: 5s, retries: 2 }

# Publishing for backends: POST /hawser/publish. \`hawser key\` makes a key and its hash.
publish: false
# publish:
#   path: /hawser
#   keys:
#     - { id: backend, hash: "sha256:…", scopes: [publish] }

# Messages that survive lost lines: "memory", or a file (npm install @hawser/log-sqlite).
delivery: false
# delivery: { log: chat.db, retention: { age: 24h, count: 100000 } }

limits: { messageBytes: 1000000, connections: 100000 }
log: { level: info }     # format: json or pretty; pretty on a terminal
stopTimeout: 10s
`;
