// A program of your own: change it as you like, and run it with ./learn try 01. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/aio.hpp>

using namespace std::chrono_literals;

aio::Coro<> tell(const char* what, std::chrono::milliseconds delay) {
  co_await aio::sleep(delay);
  std::puts(what);
}

aio::Coro<> program() { co_await aio::gather(tell("tea", 300ms), tell("toast", 200ms)); }

int main() { aio::run(program()); }
