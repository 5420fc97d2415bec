"""A whole event loop: tasks are generators, and each `yield` is a pause."""

import heapq
import time
from collections import deque


# [loop]
class Loop:
    def __init__(self):
        self.ready = deque()  # tasks that can go on now, first in, first out
        self.sleeping = []  # (deadline, number, task): a heap, the soonest first
        self.number = 0  # breaks ties between equal deadlines

    def create_task(self, generator):
        self.ready.append(generator)

    def run(self):
        while self.ready or self.sleeping:
            if not self.ready:
                self.sleep_until(self.sleeping[0][0])
            self.queue_due()
            for _ in range(len(self.ready)):
                self.step(self.ready.popleft())

    def step(self, task):
        try:
            seconds = next(task)  # the task goes on until its next yield
        except StopIteration:
            return  # it has ended
        self.number += 1
        heapq.heappush(self.sleeping, (time.monotonic() + seconds, self.number, task))

    def sleep_until(self, deadline):
        time.sleep(max(0, deadline - time.monotonic()))

    def queue_due(self):
        while self.sleeping and self.sleeping[0][0] <= time.monotonic():
            self.ready.append(heapq.heappop(self.sleeping)[2])
# [/loop]


# [tasks]
def kettle(what, seconds):
    print(f"{what}: the water is on")
    yield seconds
    print(f"{what}: it boils")
    yield seconds
    print(f"{what}: done")


def kitchen():
    loop = Loop()
    loop.create_task(kettle("tea", 0.3))
    loop.create_task(kettle("coffee", 0.2))
    loop.run()
# [/tasks]


kitchen()
