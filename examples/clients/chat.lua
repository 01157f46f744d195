-- A chat in the terminal: Lua, with lua-http and lua-cjson.
--
--     lua5.2 chat.lua ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
--
-- A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks it
-- comes back with its session and its position: nothing is lost, nothing comes twice.
local cjson = require "cjson"
local cqueues = require "cqueues"
local input = require "cqueues.socket"
local websocket = require "http.websocket"

local url, token, room, name = table.unpack(arg)
local silence = 60 -- seconds; the server pings more often than that

local socket -- the WebSocket
local online = false -- the server has said "connected"
local session -- what the server knows us by, over any number of connections
local position -- up to here we have heard everything
local outbox = {} -- lines that the server has not settled yet; the first is under way
local settled = 0 -- how many lines it has settled in this session
local again = false -- the first line may have been sent before
local ended = false -- nothing more will be typed
local wait = 0.1 -- seconds until the next attempt

local function send(message)
  socket:send(cjson.encode(message)) -- when it fails, receive() fails, too
end

-- Sends the oldest line. It stays in the outbox until the server has settled it.
local function send_first()
  if not online then return end
  if outbox[1] then
    send { event = "say", data = { room, outbox[1] }, durable = settled + 1, again = again or nil }
  elseif ended then
    send { disconnect = {} }
    socket:close(1000, "", 1)
  end
end

local function say(line)
  table.insert(outbox, line)
  if #outbox == 1 then send_first() end
end

local function connected(about)
  online, wait, session, again = true, 0.1, about.session, about.recovered == true
  if not again then -- else our rooms are as they were, and what we missed comes next
    position, settled = about.position, 0
    send { event = "hello", data = { name }, id = 1 }
    send { subscribe = { room } }
  end
  send_first()
end

local function hear(text, message)
  if message.position then
    if message.position == position then return end -- heard before
    position = message.position
  end
  print(text)

  if message.connected then
    connected(message.connected)
  elseif message.error and not online then
    os.exit(1) -- not let in
  elseif message.event then
    if message.id then send { ack = message.id, data = { name } } end
    if message.event == "chat" and message.data[2] == "ping-from-browser" then say(name .. " heard it") end
  elseif message.durable == settled + 1 then
    again = message.retry ~= nil
    if message.retry then -- not now
      cqueues.sleep(message.retry / 1000)
    else -- accepted, or refused for good
      table.remove(outbox, 1)
      settled = settled + 1
    end
    send_first()
  end
end

-- Lives through one WebSocket; gives what the server says about coming back: milliseconds, or false.
local function connection()
  socket = websocket.new_from_uri(url, { "hawser.v1.json" })
  socket.request.headers:upsert("authorization", "Bearer " .. token)
  if not socket:connect(10) then return end
  if session then
    send { recover = { session = session, position = position } }
  else
    send { connect = { session = true } }
  end
  for text in function() return (socket:receive(silence)) end do
    local whole, message = pcall(cjson.decode, text)
    if not whole then break end -- lua-http hands out the beginning of a frame whose rest never came
    hear(text, message)
  end
  local told, reason = pcall(cjson.decode, socket.got_close_message or "")
  if told then return reason.retry end
end

local loop = cqueues.new()
loop:wrap(function()
  while true do
    local whole, retry = pcall(connection) -- lua-http throws when a line breaks in the midst of a frame
    if not whole then retry = nil end
    online = false
    if socket then pcall(socket.close, socket, 1000, "", 0) end
    if retry == false or (ended and not outbox[1]) then os.exit(retry == false and 1 or 0) end
    cqueues.sleep(math.max(wait * (0.5 + math.random()), (retry or 0) / 1000))
    wait = math.min(wait * 2, 10)
  end
end)
loop:wrap(function()
  for line in input.fdopen(0):lines() do say(line) end
  ended = true
  if not outbox[1] then send_first() end
end)
io.stdout:setvbuf "line"
assert(loop:loop())
