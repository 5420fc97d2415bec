// Predict: what does this print?

#include <chrono>
#include <cstdio>

#include <signal.h>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/signals.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [order]
void callback() {
  std::puts("the callback begins");
  aio::running_loop().call_later(0s, [] { std::puts("the timer rings"); });
  ::raise(SIGUSR2);
  ::raise(SIGUSR2);
  aio::running_loop().call_soon([] { std::puts("the next callback runs"); });
  std::puts("the callback ends");
}

aio::Coro<> program() {
  aio::add_signal_handler(SIGUSR2, [] { std::puts("the signal is handled"); });
  aio::running_loop().call_soon(callback);
  std::puts("the program waits");
  co_await aio::sleep(10ms);
}
// [/order]

}  // namespace

int main() { aio::run(program()); }
