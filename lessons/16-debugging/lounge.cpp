// The hunt, fix-16f: a lounge with twenty guests a second, for ten seconds. None stays for long.

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <aio/coro.hpp>
#include <aio/debug/statistics.hpp>
#include <aio/task.hpp>

#include "../../exercises/16-debugging/fix-16f.cpp"

namespace {

class Visitor final : public Guest {
 public:
  explicit Visitor(int number) : number_(number) {}
  std::string name() const override { return "guest " + std::to_string(number_); }
  aio::Coro<std::optional<std::string>> hear() override {
    co_await aio::sleep(std::chrono::milliseconds(50));
    if (said_ == 2 && number_ % 3 == 0) throw ConnectionLost();
    if (said_ == 2) co_return std::nullopt;
    co_return ++said_ == 1 ? "hello" : "What is new?";
  }
  aio::Coro<> say(std::string) override { co_await aio::sleep(std::chrono::milliseconds(10)); }

 private:
  const int number_;
  int said_ = 0;
};

aio::Coro<> open_lounge() {
  const aio::LoopStatistics statistics;
  for (int number = 1; number <= 200; ++number) {
    aio::create_task(welcome(std::make_shared<Visitor>(number)), "guest " + std::to_string(number));
    co_await aio::sleep(std::chrono::milliseconds(50));
    if (number % 20 != 0) continue;
    std::printf("guests so far: %3d, tasks: %3d\n", number,
                static_cast<int>(statistics.figures().tasks));
    std::fflush(stdout);
  }
}

}  // namespace

int main() { aio::run(open_lounge()); }
