// The same two coroutines, awaited in turn and started together.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/aio.hpp>

using namespace std::chrono_literals;

// [say_after]
aio::Coro<> say_after(std::chrono::milliseconds delay, std::string what) {
  co_await aio::sleep(delay);
  std::printf("  %s\n", what.c_str());
}
// [/say_after]

// [in_turn]
aio::Coro<> in_turn() {
  co_await say_after(200ms, "hello");
  co_await say_after(100ms, "world");
}
// [/in_turn]

// [together]
aio::Coro<> together() {
  aio::Task<> hello = aio::create_task(say_after(200ms, "hello"));
  aio::Task<> world = aio::create_task(say_after(100ms, "world"));
  co_await hello;
  co_await world;
}
// [/together]

void time(const char* name, aio::Coro<> coro) {
  std::printf("%s:\n", name);
  const auto start = std::chrono::steady_clock::now();
  aio::run(std::move(coro));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("  took %.1f s\n", took.count());
}

int main() {
  time("in turn", in_turn());
  time("together", together());
}
