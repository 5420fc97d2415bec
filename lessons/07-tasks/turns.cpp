// Predict: in which order does this print?

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/coro.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

// [turns]
aio::Coro<> cook(std::string dish) {
  std::printf("chop %s\n", dish.c_str());
  co_await aio::sleep(0s);
  std::printf("fry %s\n", dish.c_str());
}

aio::Coro<> dinner() {
  const aio::Task<> soup = aio::create_task(cook("soup"));
  const aio::Task<> fish = aio::create_task(cook("fish"));
  std::puts("ordered");
  co_await cook("rice");
  std::puts("rice is ready");
  co_await fish;
  std::puts("fish is ready");
  co_await soup;
  std::puts("soup is ready");
}
// [/turns]

}  // namespace

int main() { aio::run(dinner()); }
