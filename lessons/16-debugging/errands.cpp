// Four mistakes that many programs have. Run it with LOOPWRIGHT_DEBUG=1.

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [errands]
void stand_in_line() { std::this_thread::sleep_for(200ms); }

aio::Coro<> buy_bread() {
  stand_in_line();
  co_return;
}

aio::Coro<> write_to(std::string friend_of_mine) {
  co_await aio::sleep(10ms);
  std::printf("a letter to %s\n", friend_of_mine.c_str());
}

aio::Coro<> feed_cat() {
  co_await aio::sleep(10ms);
  throw std::runtime_error("there is no cat");
}

aio::Coro<> listen_to_radio() { co_await aio::sleep(1h); }

aio::Coro<> morning() {
  aio::create_task(buy_bread(), "bread");
  const aio::Coro<> letter = write_to("Anna");
  aio::create_task(feed_cat(), "cat");
  aio::create_task(listen_to_radio(), "radio");
  co_await aio::sleep(3s);
  std::puts("all is done");
}
// [/errands]

}  // namespace

int main() { aio::run(morning()); }
