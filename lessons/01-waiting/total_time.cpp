// How long do waits of 2, 3 and 1 seconds take? The clock is virtual, so the program is done at
// once: when every task waits, the clock jumps to the end of the next wait.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/aio.hpp>

using namespace std::chrono_literals;

std::string finished;

// [waits]
aio::Coro<> wait(char name, std::chrono::seconds time) {
  co_await aio::sleep(time);
  finished += name;
}

aio::Coro<> in_turn() {
  co_await wait('a', 2s);
  co_await wait('b', 3s);
  co_await wait('c', 1s);
}

aio::Coro<> together() { co_await aio::gather(wait('a', 2s), wait('b', 3s), wait('c', 1s)); }

aio::Coro<> tasks() {
  aio::Task<> a = aio::create_task(wait('a', 2s));
  aio::Task<> b = aio::create_task(wait('b', 3s));
  co_await wait('c', 1s);
  co_await a;
  co_await b;
}

aio::Coro<> coroutines() {
  aio::Coro<> a = wait('a', 2s);
  aio::Coro<> b = wait('b', 3s);
  co_await wait('c', 1s);
  co_await std::move(a);
  co_await std::move(b);
}
// [/waits]

/// How many seconds of virtual time `coro` takes.
long seconds(aio::Coro<> coro) {
  aio::VirtualClock clock;
  finished.clear();
  aio::run(std::move(coro), {.clock = &clock});
  const auto took = clock.now().time_since_epoch();
  return long{std::chrono::round<std::chrono::seconds>(took).count()};
}

int main() {
  std::printf("%ld\n", seconds(in_turn()));
  std::printf("%ld\n", seconds(together()));
  std::printf("%s\n", finished.c_str());
  std::printf("%ld\n", seconds(tasks()));
  std::printf("%ld\n", seconds(coroutines()));
}
