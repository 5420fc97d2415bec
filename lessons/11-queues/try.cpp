// A program of your own: change it as you like, and run it with ./learn try 11. It runs on the
// layers that you have written, and on the reference for the others.

#include <chrono>
#include <cstdio>

#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

aio::Queue<int> belt(2);  // whoever puts a third one in waits

aio::Coro<> produce() {
  for (int i = 1; i <= 5; ++i) {
    co_await belt.put(i);
    std::printf("%d is in\n", i);
  }
}

aio::Coro<> consume() {
  for (int i = 1; i <= 5; ++i) {
    co_await aio::sleep(100ms);
    std::printf("      %d is out\n", co_await belt.get());
  }
}

aio::Coro<> program() { co_await aio::gather(produce(), consume()); }

int main() { aio::run(program()); }
