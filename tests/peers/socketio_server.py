"""python-socketio's server on aiohttp. Prints {"port": n}; ends when stdin ends, and after a minute."""

import asyncio
import json
import sys

import socketio
from aiohttp import web

LIFETIME_S = 60

server = socketio.AsyncServer(async_mode="aiohttp", ping_interval=1, ping_timeout=5)


@server.event
async def connect(sid, environ, auth):
    if auth and auth.get("token") == "bad":
        raise socketio.exceptions.ConnectionRefusedError("bad token", {"code": 7})
    await server.emit("welcome", {"auth": auth, "hello": environ.get("HTTP_X_HELLO")}, to=sid)


@server.on("connect", namespace="/admin")
async def connect_admin(sid, environ):
    await server.emit("welcome", "admin", to=sid, namespace="/admin")


@server.on("echo", namespace="/admin")
async def echo_admin(sid, *args):
    return args


@server.event
async def echo(sid, *args):
    return args


@server.event
async def back(sid, *args):
    await server.emit("back", args, to=sid)


@server.event
async def join(sid, room):
    await server.enter_room(sid, room) if asyncio.iscoroutinefunction(
        server.enter_room
    ) else server.enter_room(sid, room)
    return True


@server.event
async def to_room(sid, room, value):
    await server.emit("in room", value, room=room, skip_sid=sid)


@server.event
async def ask_me(sid, *args):
    answer = await server.call("question", args, to=sid, timeout=10)
    await server.emit("you answered", answer, to=sid)


@server.event
async def many(sid, count):
    for number in range(count):
        await server.emit("number", number, to=sid)


@server.event
async def kick_me(sid):
    await server.disconnect(sid)


async def main():
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    await runner.cleanup()


asyncio.run(asyncio.wait_for(main(), LIFETIME_S))
