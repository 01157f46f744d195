"""python's websockets library. "client URL" talks to an echo server and prints what came back;
"server" echoes, and prints {"port": n} first. Ends after a minute in any case.
"""

import asyncio
import json
import sys

import websockets

LIFETIME_S = 60
SIZES = [0, 1, 125, 126, 65535, 65536, 300000]


def say(**line):
    print(json.dumps(line), flush=True)


async def client(url):
    same = []
    async with websockets.connect(url, subprotocols=["b", "a"], max_size=None) as line:
        for size in SIZES:
            for message in ("é" * (size // 2), bytes([size % 251]) * size):
                await line.send(message)
                same.append(await line.recv() == message)
        # An iterable goes out in fragments.
        await line.send(["one ", "two ", "three"])
        fragments = await line.recv()
        await asyncio.wait_for(await line.ping(b"data"), 5)
        await line.send("close me")
        try:
            await line.recv()
        except websockets.ConnectionClosed as closed:
            say(
                same=all(same),
                count=len(same),
                fragments=fragments,
                subprotocol=line.subprotocol,
                extensions=[extension.name for extension in line.extensions],
                code=closed.rcvd.code,
                reason=closed.rcvd.reason,
            )


async def echo(line):
    async for message in line:
        if message == "fragments":
            await line.send(["one ", "two ", "three"])
        elif message == "ping me":
            await asyncio.wait_for(await line.ping(b"data"), 5)
            await line.send("you answered")
        elif message == "close me":
            await line.close(4000, "größe")
        else:
            await line.send(message)


async def server():
    async with websockets.serve(echo, "127.0.0.1", 0, max_size=None) as listening:
        say(port=listening.sockets[0].getsockname()[1])
        await asyncio.sleep(LIFETIME_S)


work = client(sys.argv[2]) if sys.argv[1] == "client" else server()
asyncio.run(asyncio.wait_for(work, LIFETIME_S))
