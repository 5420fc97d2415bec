// The rest of the family: Semaphore, Condition, Event and Barrier.

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/sync.hpp>
#include <aio/task.hpp>

#include "office.hpp"

using namespace std::chrono_literals;
using office::say;

namespace {

// [semaphore]
aio::Semaphore cups(2);

aio::Coro<> drink(std::string name) {
  const auto cup = co_await cups.scoped();
  say(name + " has a cup");
  co_await aio::sleep(1s);
}
// [/semaphore]

aio::Coro<> with_a_semaphore() {
  co_await aio::gather(drink("ann"), drink("bob"), drink("cid"), drink("dan"));
}

// [condition]
aio::Condition shelf;
int loaves = 0;

aio::Coro<> buy(std::string name, int wanted) {
  const auto guard = co_await shelf.scoped();
  co_await shelf.wait_for([wanted] { return loaves >= wanted; });
  loaves -= wanted;
  say(name + " buys " + std::to_string(wanted));
}

aio::Coro<> bake() {
  for (int i = 0; i < 3; ++i) {
    co_await aio::sleep(1s);
    const auto guard = co_await shelf.scoped();
    ++loaves;
    shelf.notify_all();
  }
}
// [/condition]

aio::Coro<> with_a_condition() { co_await aio::gather(buy("ann", 2), buy("bob", 1), bake()); }

// [event]
aio::Event doors_open;

aio::Coro<> enter(std::string name) {
  co_await doors_open.wait();
  say(name + " is in");
}
// [/event]

aio::Coro<> open_the_doors() {
  co_await aio::sleep(2s);
  doors_open.set();
}

aio::Coro<> with_an_event() { co_await aio::gather(enter("ann"), enter("bob"), open_the_doors()); }

// [barrier]
aio::Barrier hut(3);

aio::Coro<> walk(std::string name, std::chrono::seconds pace) {
  for (int day = 1; day <= 2; ++day) {
    co_await aio::sleep(pace);
    co_await hut.wait();
    say(name + " goes on after day " + std::to_string(day));
  }
}
// [/barrier]

aio::Coro<> with_a_barrier() {
  co_await aio::gather(walk("ann", 1s), walk("bob", 2s), walk("cid", 3s));
}

void show(const char* title, aio::Coro<> main) {
  std::puts(title);
  office::virtual_clock = aio::VirtualClock();
  aio::run(std::move(main), {.clock = &office::virtual_clock});
}

}  // namespace

int main() {
  show("semaphore: two cups", with_a_semaphore());
  show("condition: enough loaves", with_a_condition());
  show("event: the doors", with_an_event());
  show("barrier: three in a hut", with_a_barrier());
}
