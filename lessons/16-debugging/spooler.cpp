// The hunt, fix-16h: a printer that has little to do for ten seconds, and what that costs.

#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "../../exercises/16-debugging/fix-16h.cpp"

namespace {

class SlowDevice final : public Device {
 public:
  aio::Coro<> print(std::string title) override {
    co_await aio::sleep(std::chrono::milliseconds(200));
    std::printf("printed: %s\n", title.c_str());
  }
};

aio::Coro<> office_hours() {
  SlowDevice device;
  const auto spooler = make_spooler(device);
  const aio::Task<> worker = aio::create_task(spooler->work(), "spooler");
  for (int second = 1; second <= 10; ++second) {
    if (second % 3 == 0) spooler->submit({"letter", false});
    if (second % 3 == 0) spooler->submit({"boarding pass", true});
    const std::clock_t before = std::clock();
    co_await aio::sleep(std::chrono::seconds(1));
    std::printf("in this second the processor worked for %3d ms\n",
                static_cast<int>((std::clock() - before) * 1000 / CLOCKS_PER_SEC));
    std::fflush(stdout);
  }
  worker.cancel();
  co_await aio::sleep(std::chrono::milliseconds(0));
}

}  // namespace

int main() { aio::run(office_hours()); }
