"""python-socketio's client, told what to do by JSON lines on stdin; says what it sees on stdout.

Commands: {"do": "connect"|"emit"|"call"|"disconnect", "id": n, ...}. Each is answered by
{"done": n, "result": ...} or {"done": n, "error": text}. Bytes travel as {"$hex": "00ff"}.
Ends when stdin ends, and after a minute in any case.
"""

import asyncio
import json
import sys

import socketio

LIFETIME_S = 60


def pack(value):
    if isinstance(value, (bytes, bytearray)):
        return {"$hex": value.hex()}
    if isinstance(value, (list, tuple)):
        return [pack(item) for item in value]
    if isinstance(value, dict):
        return {key: pack(item) for key, item in value.items()}
    return value


def unpack(value):
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if isinstance(value, dict):
        if "$hex" in value:
            return bytes.fromhex(value["$hex"])
        return {key: unpack(item) for key, item in value.items()}
    return value


def say(**line):
    print(json.dumps(line), flush=True)


client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.1)


def listen(namespace):
    @client.on("connect", namespace=namespace)
    async def on_connect():
        say(event="connect", namespace=namespace, args=[])

    @client.on("disconnect", namespace=namespace)
    async def on_disconnect():
        say(event="disconnect", namespace=namespace, args=[])

    @client.on("connect_error", namespace=namespace)
    async def on_connect_error(data):
        say(event="connect_error", namespace=namespace, args=[pack(data)])

    @client.on("*", namespace=namespace)
    async def on_any(event, *args):
        say(event=event, namespace=namespace, args=pack(args))
        # What a handler returns is the acknowledgement, when one is asked for.
        return args


async def perform(command):
    what = command["do"]
    namespace = command.get("namespace", "/")
    args = tuple(unpack(command.get("args", [])))
    if what == "connect":
        namespaces = command.get("namespaces", ["/"])
        for name in namespaces:
            listen(name)
        await client.connect(
            command["url"],
            transports=command["transports"],
            namespaces=namespaces,
            auth=command.get("auth"),
            headers=command.get("headers", {}),
            wait_timeout=command.get("wait", 5),
        )
        return client.transport()
    if what == "transport":
        return client.transport()
    if what == "emit":
        return await client.emit(command["event"], args, namespace=namespace)
    if what == "call":
        return pack(await client.call(command["event"], args, namespace=namespace, timeout=10))
    if what == "disconnect":
        return await client.disconnect()
    raise ValueError(what)


async def answer(command):
    try:
        say(done=command["id"], result=await perform(command))
    except Exception as error:  # whatever it is, the test wants to see it
        say(done=command["id"], error=f"{type(error).__name__}: {error}")


async def main():
    reader = asyncio.StreamReader(limit=16_000_000)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(ready=True)
    while line := await reader.readline():
        await answer(json.loads(line))
    if client.connected:
        await client.disconnect()


asyncio.run(asyncio.wait_for(main(), LIFETIME_S))
