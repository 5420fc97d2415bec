// A page that needs two answers, one after the other: with callbacks, and as a coroutine.

#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

std::string name_of(int id) {
  if (id != 7) throw std::runtime_error("nobody has the number " + std::to_string(id));
  return "ann";
}

// ── with callbacks ──

aio::EventLoop* loop = nullptr;

void find_user(int id, std::function<void(std::string)> then) {
  loop->call_later(10ms, [id, then = std::move(then)] { then(name_of(id)); });
}
void count_orders(const std::string& user, std::function<void(std::size_t)> then) {
  loop->call_later(10ms, [user, then = std::move(then)] { then(user.size()); });
}

// [callbacks]
void show_page(int id) {
  try {
    find_user(id, [](std::string user) {
      count_orders(user, [user](std::size_t orders) {
        std::printf("%s has %zu orders\n", user.c_str(), orders);
      });
    });
  } catch (const std::runtime_error& error) {
    std::printf("no such page: %s\n", error.what());
  }
}
// [/callbacks]

// ── as a coroutine ──

aio::Coro<std::string> find_user(int id) {
  co_await aio::sleep(10ms);
  co_return name_of(id);
}
aio::Coro<std::size_t> count_orders(std::string user) {
  co_await aio::sleep(10ms);
  co_return user.size();
}

// [coroutine]
aio::Coro<> page(int id) {
  try {
    const std::string user = co_await find_user(id);
    const std::size_t orders = co_await count_orders(user);
    std::printf("%s has %zu orders\n", user.c_str(), orders);
  } catch (const std::runtime_error& error) {
    std::printf("no such page: %s\n", error.what());
  }
}
// [/coroutine]

void run_callbacks(int id) {
  aio::EventLoop here;
  here.set_exception_handler([](const aio::ExceptionContext& context) {
    std::printf("the event loop: %s\n", context.message.c_str());
  });
  loop = &here;
  show_page(id);
  here.call_later(100ms, [&here] { here.stop(); });
  here.run_forever();
}

}  // namespace

int main() {
  std::puts("with callbacks:");
  run_callbacks(7);
  run_callbacks(8);
  std::puts("as a coroutine:");
  aio::run(page(7));
  aio::run(page(8));
}
