// The smallest program on the runtime: one coroutine, one wait.

#include <chrono>
#include <cstdio>

#include <aio/aio.hpp>

using namespace std::chrono_literals;

// [hello]
aio::Coro<> hello() {
  std::puts("hello");
  co_await aio::sleep(500ms);
  std::puts("world");
}

int main() { aio::run(hello()); }
// [/hello]
