// The same shop with a future, watched by a task: whoever delivers only queues those who wait.

#include <chrono>
#include <cstdio>

#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

class Shop {
 public:
  void sell() {
    std::puts("sell begins");
    sale_.set_result();
    ++sold_;
    std::printf("sell ends, %d sold\n", sold_);
  }
  int sold() const { return sold_; }
  const aio::Future<>& sale() const { return sale_; }

 private:
  aio::Future<> sale_;
  int sold_ = 0;
};

// [watch]
aio::Coro<> watch(const Shop& shop) {
  co_await shop.sale();
  std::printf("  the watcher sees %d sold\n", shop.sold());
}

aio::Coro<> open_shop() {
  Shop shop;
  const aio::Task<> watcher = aio::create_task(watch(shop));
  co_await aio::sleep(0s);  // the watcher has a turn
  shop.sell();
  co_await watcher;
}
// [/watch]

}  // namespace

int main() { aio::run(open_shop()); }
