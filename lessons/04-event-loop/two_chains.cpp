// Predict: in which order does this print?

#include <chrono>
#include <cstdio>

#include <aio/event_loop.hpp>

using namespace std::chrono_literals;

// [chains]
aio::EventLoop loop;

void count_down(char name, int left) {
  std::printf("%c%d\n", name, left);
  if (left > 1) loop.call_soon([=] { count_down(name, left - 1); });
}

void stop() {
  std::puts("stop");
  loop.stop();
}

int main() {
  loop.call_soon([] { count_down('a', 3); });
  loop.call_later(0ms, [] {
    std::puts("timer");
    loop.call_soon(stop);
  });
  loop.call_soon([] { count_down('b', 4); });

  std::puts("start");
  loop.run_forever();
  std::puts("end");
  loop.run_once();
}
// [/chains]
