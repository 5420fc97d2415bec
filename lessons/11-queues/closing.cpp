// How an evening ends: every order is served, and then the waiters go home.

#include <chrono>
#include <string>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "kitchen.hpp"

using namespace std::chrono_literals;
using kitchen::say;

namespace {

// [closing]
aio::Queue<int> orders(2);

aio::Coro<> waiter(std::string name) {
  try {
    for (;;) {
      const int order = co_await orders.get();
      co_await aio::sleep(1s);
      say(name + " has served order " + std::to_string(order));
      orders.task_done();
    }
  } catch (const aio::QueueShutDown&) {
    say(name + " goes home");
  }
}

aio::Coro<> doors() {
  for (int order = 1; order <= 5; ++order) co_await orders.put(order);
  say("the doors are closed");
  co_await orders.join();
  say("every order is served");
  orders.shutdown();
}

aio::Coro<> evening() { co_await aio::gather(waiter("ann"), waiter("bob"), doors()); }
// [/closing]

}  // namespace

int main() { aio::run(evening(), {.clock = &kitchen::virtual_clock}); }
