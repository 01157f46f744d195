"""A client of the plain dialect: python's websockets library and json, nothing else.

"plain_client.py URL TOKEN" connects, and is told by JSON lines on stdin what to send; says every message of the server
on stdout, bytes as {"$hex": "00ff"}. Ends when stdin ends, and after a minute in any case.
"""

import asyncio
import json
import sys

import websockets

LIFETIME_S = 60


def unpack(value, frames):
    """Takes bytes out, and leaves their number behind."""
    if isinstance(value, list):
        return [unpack(item, frames) for item in value]
    if isinstance(value, dict):
        if "$hex" in value:
            frames.append(bytes.fromhex(value["$hex"]))
            return {"$binary": len(frames) - 1}
        return {key: unpack(item, frames) for key, item in value.items()}
    return value


def fill(value, frames):
    """Puts bytes back where their numbers are."""
    if isinstance(value, list):
        return [fill(item, frames) for item in value]
    if isinstance(value, dict):
        if "$binary" in value:
            return {"$hex": frames[value["$binary"]].hex()}
        return {key: fill(item, frames) for key, item in value.items()}
    return value


async def listen(line):
    async for text in line:
        message = json.loads(text)
        count = message.pop("binary", 0)
        if count:
            frames = [await line.recv() for _ in range(count)]
            data = message.get("data", [{"$binary": n} for n in range(count)])
            message["data"] = fill(data, frames)
        print(json.dumps(message), flush=True)


async def speak(line):
    stdin = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    while command := await stdin.readline():
        frames = []
        message = unpack(json.loads(command), frames)
        if frames:
            message["binary"] = len(frames)
        await line.send(json.dumps(message))
        for frame in frames:
            await line.send(frame)


async def main(url, token):
    headers = {"Authorization": f"Bearer {token}"}
    # The name of the argument has changed between versions of the library.
    try:
        connecting = websockets.connect(url, additional_headers=headers)
        line = await connecting
    except TypeError:
        line = await websockets.connect(url, extra_headers=headers)
    listening = asyncio.create_task(listen(line))
    await speak(line)
    listening.cancel()
    await line.close()


asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), LIFETIME_S))
