// The same two things on an event loop, with a deadline as the third.

#include <chrono>

#include <aio/event_loop.hpp>

#include "rings.hpp"

using namespace std::chrono_literals;

int main() {
  Rings rings;
  // [loop]
  aio::EventLoop loop;
  loop.add_reader(rings.door.here.get(), [&] { rings.answer(rings.door); });
  loop.add_reader(rings.phone.here.get(), [&] { rings.answer(rings.phone); });
  loop.call_later(400ms, [&] { loop.stop(); });
  loop.run_forever();
  // [/loop]
}
