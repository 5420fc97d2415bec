// Three orders in three kinds of queue.

#include <cstdio>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/lifo_queue.hpp>
#include <aio/priority_queue.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

namespace {

// [urgent]
using Order = std::pair<int, std::string>;  // how long it can wait, and what it is

template <class AnyQueue>
aio::Coro<> serve(const char* kind) {
  AnyQueue orders;
  for (const char* what : {"soup", "roast", "ice"}) {
    const int patience = *what == 'i' ? 1 : *what == 's' ? 2 : 3;
    co_await orders.put(Order(patience, what));
  }
  std::printf("%s:", kind);
  while (!orders.empty()) {
    const Order next = co_await orders.get();
    std::printf(" %s", next.second.c_str());
  }
  std::printf("\n");
}

aio::Coro<> evening() {
  co_await serve<aio::Queue<Order>>("first in, first out");
  co_await serve<aio::LifoQueue<Order>>("last in, first out");
  co_await serve<aio::PriorityQueue<Order>>("the most urgent first");
}
// [/urgent]

}  // namespace

int main() { aio::run(evening()); }
