// Predict: in which order does this print?

#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>

namespace {

// [nested]
aio::Coro<int> brew(std::string what) {
  std::printf("brew %s\n", what.c_str());
  if (what == "soup") throw std::runtime_error("no soup today");
  co_return static_cast<int>(what.size());
}

aio::Coro<int> tray() {
  std::puts("tray");
  aio::Coro<int> tea = brew("tea");
  aio::Coro<int> soup = brew("soup");
  aio::Coro<int> coffee = brew("coffee");
  std::puts("three orders");
  int letters = co_await std::move(coffee);
  letters += co_await std::move(tea);
  std::printf("%d letters\n", letters);
  letters += co_await std::move(soup);
  std::puts("tray is full");
  co_return letters;
}

aio::Coro<> guest() {
  aio::Coro<int> order = tray();
  std::puts("guest");
  try {
    std::printf("%d in all\n", co_await std::move(order));
  } catch (const std::runtime_error& error) {
    std::printf("sorry: %s\n", error.what());
  }
  std::puts("guest leaves");
}
// [/nested]

}  // namespace

int main() { aio::run(guest()); }
