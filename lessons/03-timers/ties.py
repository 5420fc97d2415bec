"""ties.cpp, the way asyncio does it: a heap of (when, order), cancelled entries left behind."""

import heapq
import itertools

# [queue]
class TimerQueue:
    def __init__(self):
        self._heap = []
        self._order = itertools.count()

    def push(self, when, name):
        entry = [when, next(self._order), name]
        heapq.heappush(self._heap, entry)
        return entry  # the handle

    def cancel(self, entry):
        entry[2] = None

    def pop_due(self, now):
        while self._heap and self._heap[0][0] <= now:
            name = heapq.heappop(self._heap)[2]
            if name is not None:
                return name
# [/queue]


def ring_what_is_due(queue, now):
    while name := queue.pop_due(now):
        print(name)


queue = TimerQueue()
tea = queue.push(20, "tea")
queue.push(10, "toast")
queue.push(20, "milk")
queue.cancel(tea)
queue.push(20, "tea")

ring_what_is_due(queue, 15)

queue.push(20, "lamp")
queue.push(15, "door")
queue.push(5, "bell")

ring_what_is_due(queue, 20)
