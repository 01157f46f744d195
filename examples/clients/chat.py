"""A chat in the terminal: Python, with the usual `websockets` library.

    python3 chat.py ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME

A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks it
comes back with its session and its position: nothing is lost, nothing comes twice.
"""

import asyncio
import json
import random
import sys

import websockets

URL, TOKEN, ROOM, NAME = sys.argv[1:5]


class Chat:
    def __init__(self):
        self.socket = None
        self.online = False  # the server has said "connected"
        self.session = None  # what the server knows us by, over any number of connections
        self.position = None  # up to here we have heard everything
        self.outbox = []  # lines that the server has not settled yet; the first is under way
        self.settled = 0  # how many lines it has settled in this session
        self.again = False  # the first line may have been sent before
        self.ended = False  # nothing more will be typed
        self.wait = 0.1  # seconds until the next attempt

    async def run(self):
        while True:
            reason = {}
            try:
                # The token may also stand in the query (?token=), or in the header "Authorization: Bearer".
                protocols = ["hawser.v1.json", f"hawser.token.{TOKEN}"]
                async with websockets.connect(URL, subprotocols=protocols) as self.socket:
                    try:
                        await self.enter()
                        async for text in self.socket:
                            await self.hear(text)
                    finally:
                        self.online = False
                        reason = json.loads(self.socket.close_reason or "{}")
            except (OSError, asyncio.TimeoutError, ValueError, websockets.WebSocketException):
                pass
            # The reason says whether to come back, and after how many milliseconds.
            if reason.get("retry") is False or (self.ended and not self.outbox):
                return
            await asyncio.sleep(max(self.wait * random.uniform(0.5, 1.5), reason.get("retry", 0) / 1000))
            self.wait = min(self.wait * 2, 10)

    async def enter(self):
        if self.session is None:
            await self.send({"connect": {"session": True}})
        else:
            await self.send({"recover": {"session": self.session, "position": self.position}})

    async def hear(self, text):
        message = json.loads(text)
        if "position" in message:
            if message["position"] == self.position:
                return  # heard before
            self.position = message["position"]
        print(text, flush=True)

        if "connected" in message:
            await self.connected(message["connected"])
        elif "error" in message and not self.online:
            sys.exit("not let in")
        elif "event" in message:
            if "id" in message:  # the server wants an answer
                await self.send({"ack": message["id"], "data": [NAME]})
            if message["event"] == "chat" and message["data"][1] == "ping-from-browser":
                await self.say(f"{NAME} heard it")
        elif message.get("durable") == self.settled + 1:
            if "retry" in message:  # not now
                await asyncio.sleep(message["retry"] / 1000)
                self.again = True
            else:  # accepted, or refused for good
                self.outbox.pop(0)
                self.settled += 1
                self.again = False
            await self.send_first()

    async def connected(self, about):
        self.online, self.wait, self.session = True, 0.1, about["session"]
        if about.get("recovered"):  # our rooms are as they were; what we missed comes next
            self.again = True
        else:
            self.position, self.settled, self.again = about.get("position"), 0, False
            await self.send({"event": "hello", "data": [NAME], "id": 1})
            await self.send({"subscribe": [ROOM]})
        await self.send_first()

    async def say(self, line):
        self.outbox.append(line)
        if len(self.outbox) == 1:
            await self.send_first()

    async def send_first(self):
        """Sends the oldest line. It stays in the outbox until the server has settled it."""
        if not self.online:
            return
        if self.outbox:
            message = {"event": "say", "data": [ROOM, self.outbox[0]], "durable": self.settled + 1}
            await self.send({**message, "again": True} if self.again else message)
        elif self.ended:
            await self.send({"disconnect": {}})
            await self.socket.close()

    async def send(self, message):
        try:
            await self.socket.send(json.dumps(message))
        except websockets.ConnectionClosed:
            pass  # run() hears of it, too

    async def type(self):
        stdin = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
        while line := await stdin.readline():
            await self.say(line.decode().strip())
        self.ended = True
        if not self.outbox:
            await self.send_first()


async def main():
    chat = Chat()
    typing = asyncio.create_task(chat.type())
    await chat.run()
    typing.cancel()


asyncio.run(main())
