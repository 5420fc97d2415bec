// Predict: four tasks are asked to stop, each at another moment.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [requests]
aio::Coro<> nap(std::string name) {
  std::printf("%s sleeps\n", name.c_str());
  co_await aio::sleep(1h);
  std::printf("%s wakes up\n", name.c_str());
}

aio::Coro<> mule() {
  try {
    co_await nap("mule");
  } catch (const aio::CancelledError&) {
    std::puts("mule stays");
  }
  co_await aio::sleep(0s);
  std::puts("mule eats");
}

aio::Coro<> mayfly() { co_return; }

aio::Coro<> tell(std::string name, aio::Task<> task) {
  try {
    co_await task;
    std::printf("%s is done\n", name.c_str());
  } catch (const aio::CancelledError&) {
    std::printf("%s is cancelled\n", name.c_str());
  }
}

void ask(const char* name, const aio::Task<>& task) {
  std::printf("ask %s: %s\n", name, task.cancel() ? "yes" : "no");
}

aio::Coro<> farm() {
  const aio::Task<> cat = aio::create_task(nap("cat"));
  const aio::Task<> dog = aio::create_task(nap("dog"));
  const aio::Task<> stubborn = aio::create_task(mule());
  const aio::Task<> fly = aio::create_task(mayfly());
  ask("cat", cat);
  co_await aio::sleep(0s);
  ask("dog", dog);
  ask("mule", stubborn);
  ask("fly", fly);
  co_await tell("cat", cat);
  co_await tell("dog", dog);
  co_await tell("mule", stubborn);
  co_await tell("fly", fly);
}
// [/requests]

}  // namespace

int main() { aio::run(farm()); }
