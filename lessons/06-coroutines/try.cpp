// A program of your own: change it as you like, and run it with ./learn try 06. It runs on the
// layers that you have written, and on the reference for the others.

#include <cstdio>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>

aio::Coro<int> half(int number) {
  std::printf("half of %d\n", number);
  co_return number / 2;
}

aio::Coro<> program() {
  aio::Coro<int> later = half(40);
  std::puts("nothing has run yet");
  const int twenty = co_await std::move(later);
  std::printf("a quarter is %d\n", co_await half(twenty));
}

int main() { aio::run(program()); }
