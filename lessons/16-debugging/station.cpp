// The hunt, fix-16d: a weather station for six seconds, and an archive that has room for 20 lines.

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

#include "../../exercises/16-debugging/fix-16d.cpp"

namespace {

class SmallArchive final : public Archive {
 public:
  aio::Coro<> store(std::string line) override {
    co_await aio::sleep(std::chrono::milliseconds(20));
    if (lines.size() == 20) throw ArchiveFull();
    lines.push_back(line);
  }
  std::vector<std::string> lines{};
};

aio::Coro<> read_sensor(aio::Queue<double>& sensor) {
  for (int i = 0; i < 60; ++i) {
    co_await aio::sleep(std::chrono::milliseconds(100));
    sensor.put_nowait(20 + i % 7);
  }
  sensor.shutdown();
}

aio::Coro<> measure() {
  aio::Queue<double> sensor;
  SmallArchive archive;
  const aio::Task<> reader = aio::create_task(read_sensor(sensor), "sensor");
  try {
    std::printf("%d readings\n", co_await record(sensor, archive));
  } catch (const std::exception& error) {
    std::printf("stopped: %s\n", error.what());
  }
  std::printf("the archive has %d lines\n", static_cast<int>(archive.lines.size()));
  reader.cancel();
  co_await aio::sleep(std::chrono::milliseconds(0));
}

}  // namespace

int main() { aio::run(measure()); }
