// The hunt, fix-16e: an answering machine, which is called every two seconds, for ten seconds.

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "../../exercises/16-debugging/fix-16e.cpp"

namespace {

class Caller final : public Line {
 public:
  aio::Coro<std::optional<std::string>> hear() override {
    co_await aio::sleep(std::chrono::milliseconds(200));
    if (said_ == 2) co_return std::nullopt;
    co_return ++said_ == 1 ? "Are they at home?" : "It is Cleo";
  }
  aio::Coro<> say(std::string words) override {
    co_await aio::sleep(std::chrono::milliseconds(300));
    std::printf("  \"%s\"\n", words.c_str());
  }
  void hang_up() override {}

 private:
  int said_ = 0;
};

aio::Coro<> one_call(int& over) {
  Caller caller;
  co_await take_call(caller);
  ++over;
}

aio::Coro<> be_called() {
  std::vector<aio::Task<>> calls;
  int over = 0;
  for (int number = 1; number <= 5; ++number) {
    calls.push_back(aio::create_task(one_call(over), "call " + std::to_string(number)));
    co_await aio::sleep(std::chrono::seconds(2));
    std::printf("calls: %d, over: %d\n", number, over);
    std::fflush(stdout);
  }
}

}  // namespace

int main() { aio::run(be_called()); }
