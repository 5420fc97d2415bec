// Somebody looks for mail every ten minutes, and is told to stop after 25: by a flag, by cancel().
// On virtual time, so that it takes none.

#include <chrono>
#include <cstdio>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

aio::VirtualClock virtual_clock;

void say(const char* what) {
  const auto now = virtual_clock.now().time_since_epoch();
  std::printf("%3d min  %s\n", static_cast<int>(now / 1min), what);
}

// [flag]
aio::Coro<> look_until(const bool& stop) {
  while (!stop) {
    say("looks for mail");
    co_await aio::sleep(10min);
  }
}

aio::Coro<> with_a_flag() {
  bool stop = false;
  const aio::Task<> mail = aio::create_task(look_until(stop));
  co_await aio::sleep(25min);
  say("stop!");
  stop = true;
  co_await mail;
  say("it has stopped");
}
// [/flag]

// [cancel]
aio::Coro<> look_for_ever() {
  for (;;) {
    say("looks for mail");
    co_await aio::sleep(10min);
  }
}

aio::Coro<> with_cancel() {
  const aio::Task<> mail = aio::create_task(look_for_ever());
  co_await aio::sleep(25min);
  say("stop!");
  mail.cancel();
  try {
    co_await mail;
  } catch (const aio::CancelledError&) {
    say("it has stopped");
  }
}
// [/cancel]

}  // namespace

int main() {
  aio::run(with_a_flag(), {.clock = &virtual_clock});
  std::puts("");
  virtual_clock = aio::VirtualClock();
  aio::run(with_cancel(), {.clock = &virtual_clock});
}
