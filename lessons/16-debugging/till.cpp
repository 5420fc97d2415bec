// The hunt, fix-16g: a till for ten seconds. Customers lose patience after a second.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "../../exercises/16-debugging/fix-16g.cpp"

namespace {

/// Now and then it is slow.
class LocalBank final : public Bank {
 public:
  aio::Coro<int> balance(std::string) override {
    co_await aio::sleep(std::chrono::milliseconds(++asked_ % 3 == 0 ? 1500 : 20));
    co_return cents_;
  }
  aio::Coro<> set_balance(std::string, int cents) override {
    co_await aio::sleep(std::chrono::milliseconds(20));
    cents_ = cents;
  }

 private:
  int cents_ = 100'000, asked_ = 0;
};

class Roll final : public Printer {
 public:
  aio::Coro<> print(std::string) override { co_await aio::sleep(std::chrono::milliseconds(50)); }
};

aio::Coro<> customer(Till& till, int number) {
  try {
    const bool paid = co_await aio::wait_for(till.pay("house", 250), std::chrono::seconds(1));
    std::printf("customer %2d %s\n", number, paid ? "has paid" : "has too little");
  } catch (const aio::TimeoutError&) {
    std::printf("customer %2d has lost patience\n", number);
  }
  std::fflush(stdout);
}

aio::Coro<> open_shop() {
  LocalBank bank;
  Roll roll;
  Till till(bank, roll);
  for (int number = 1; number <= 20; ++number) {
    aio::create_task(customer(till, number), "customer " + std::to_string(number));
    co_await aio::sleep(std::chrono::milliseconds(500));
  }
}

}  // namespace

int main() { aio::run(open_shop()); }
