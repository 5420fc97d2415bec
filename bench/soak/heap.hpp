#pragma once
// What `operator new` has handed out and not got back, in this process: coroutine frames, buffers,
// everything.

namespace soak {

struct Heap {
  long blocks = 0, bytes = 0;
};

Heap heap_in_use();

}  // namespace soak
