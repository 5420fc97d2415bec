// Predict: in which order does this print?

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [couriers]
aio::Coro<std::string> courier(std::string name, std::chrono::seconds way) {
  std::printf("%s leaves\n", name.c_str());
  co_await aio::sleep(way);
  if (name == "bob") throw std::runtime_error("bob fell");
  std::printf("%s arrives\n", name.c_str());
  co_return name;
}

aio::Coro<> deliver() {
  try {
    co_await aio::gather(courier("ann", 3s), courier("bob", 1s), courier("cid", 2s));
    std::puts("all there");
  } catch (const std::runtime_error& error) {
    std::printf("trouble: %s\n", error.what());
  }
  co_await aio::sleep(5s);
  std::puts("next day");
  const auto [dan, bob] =
      co_await aio::gather(aio::return_exceptions, courier("dan", 2s), courier("bob", 1s));
  std::printf("dan: %s, bob: %s\n", dan ? "good" : "failed", bob ? "good" : "failed");
}
// [/couriers]

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(deliver(), {.clock = &clock});
}
