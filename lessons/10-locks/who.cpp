// Predict: in which order does this print?

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/lock.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [who]
aio::Lock key;

aio::Coro<> use(std::string name) {
  std::printf("%s comes\n", name.c_str());
  try {
    const auto guard = co_await key.scoped();
    std::printf("%s has the key\n", name.c_str());
    co_await aio::sleep(1s);
    std::printf("%s is done\n", name.c_str());
  } catch (const aio::CancelledError&) {
    std::printf("%s leaves\n", name.c_str());
    throw;
  }
}

aio::Coro<> twice(std::string name) {
  co_await use(name);
  co_await use(name);
}

aio::Coro<> day() {
  const auto ann = aio::create_task(twice("ann"));
  const auto bob = aio::create_task(use("bob"));
  const auto cid = aio::create_task(use("cid"));
  co_await aio::sleep(500ms);
  bob.cancel();
  co_await aio::gather(ann, cid);
}
// [/who]

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(day(), {.clock = &clock});
}
