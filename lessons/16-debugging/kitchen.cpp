// A kitchen that stands still for twenty seconds: why?

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

using namespace std::chrono_literals;

namespace {

// [kitchen]
aio::Coro<> cook_stock(aio::Queue<std::string>& delivery) {
  const std::string bones = co_await delivery.get();
  co_await aio::sleep(100ms);
}

aio::Coro<> cook(const char* what, aio::Task<> stock) {
  co_await aio::sleep(50ms);
  co_await stock;
  std::printf("%s\n", what);
}

aio::Coro<> dinner() {
  aio::Queue<std::string> delivery;
  const aio::Task<> stock = aio::create_task(cook_stock(delivery), "stock");
  const aio::Task<> soup = aio::create_task(cook("soup", stock), "soup");
  const aio::Task<> risotto = aio::create_task(cook("risotto", stock), "risotto");
  co_await aio::gather(soup, risotto);
}
// [/kitchen]

aio::Coro<> evening() {
  const aio::Task<> served = aio::create_task(dinner(), "dinner");
  std::puts("the guests have sat down");
  std::fflush(stdout);
  try {
    co_await aio::wait_for(served, 20s);
  } catch (const aio::TimeoutError&) {
    std::puts("the guests have gone");
  }
}

}  // namespace

int main() { aio::run(evening()); }
