// A program of your own: change it as you like, and run it with ./learn try 04. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/event_loop.hpp>

using namespace std::chrono_literals;

int main() {
  aio::EventLoop loop;
  loop.call_soon([] { std::puts("soon"); });
  loop.call_later(100ms, [&] {
    std::puts("a tenth of a second later");
    loop.stop();
  });
  std::puts("nothing has run yet");
  loop.run_forever();
}
