"""posts.cpp with httpx: the same names, the same lines."""

import asyncio
import json
import time

import httpx
from posts_service import PostsService


def line(user, posts):
    return user["name"] + ": " + json.dumps(posts, separators=(",", ":"))


# [get_json]
async def get_json(client, url):
    response = await client.get(url)
    response.raise_for_status()
    return response.json()
# [/get_json]


async def in_turn(client, users):
    lines = []
    for id in range(1, 6):
        url = f"{users}/{id}"
        user = await get_json(client, url)
        posts = await get_json(client, url + "/posts")
        lines.append(line(user, posts))
    return lines


# [at_once]
async def user_and_posts(client, url):
    user, posts = await asyncio.gather(
        get_json(client, url), get_json(client, url + "/posts"))
    return line(user, posts)


async def at_once(client, users):
    all = []
    for id in range(1, 6):
        all.append(user_and_posts(client, f"{users}/{id}"))
    return await asyncio.gather(*all)
# [/at_once]


async def timed(how, asking):
    begin = time.monotonic()
    lines = await asking
    took = time.monotonic() - begin
    for each in lines:
        print(each)
    print(f"{how}: ten requests in {took:.1f} s\n")


async def compare():
    with PostsService() as service:
        users = f"http://127.0.0.1:{service.port}/users"
        async with httpx.AsyncClient() as client:
            await timed("in turn", in_turn(client, users))
            await timed("at once", at_once(client, users))


asyncio.run(compare())
