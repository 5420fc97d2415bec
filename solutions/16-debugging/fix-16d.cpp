// fix-16d: a weather station stores what its sensor reads.

#include <cstdio>
#include <string>
#include <utility>
//: fix-16d now
//: fix-16d was
// #include <vector>
//: fix-16d end

#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
//: fix-16d now
#include <aio/task_group.hpp>
//: fix-16d was
// #include <aio/wait.hpp>
//: fix-16d end

#include "station.hpp"

//: fix-16d now
Finding found() { return {Fault::lost_exception, "record"}; }
//: fix-16d was
// /// Your answer: the fault, as finding.hpp calls it, and the function that holds it.
// Finding found() { return {Fault::not_found_yet, "?"}; }
//: fix-16d end

namespace {

std::string line_for(int number, double degrees) {
  char line[64];
  std::snprintf(line, sizeof line, "%d: %.1f", number, degrees);
  return line;
}

/// Between a sensor that cannot wait and an archive that can be slow.
class Recorder {
 public:
  Recorder(aio::Queue<double>& sensor, Archive& archive) : sensor_(sensor), archive_(archive) {}

  //: fix-16d now
  aio::Coro<int> record() {
    auto both = [this](aio::TaskGroup& group) -> aio::Coro<int> {
      group.create_task(write(), "writer");
      co_return co_await read();
    };
    co_return co_await aio::task_group(both);
  }
  //: fix-16d was
  // aio::Coro<int> record() {
  //   const aio::Task<> writer = aio::create_task(write(), "writer");
  //   const int readings = co_await read();
  //   const std::vector<aio::Task<>> still_writing = {writer};
  //   co_await aio::wait(still_writing);  // until all lines are stored
  //   co_return readings;
  // }
  //: fix-16d end

 private:
  aio::Coro<int> read() {
    int readings = 0;
    try {
      for (;;) {
        const double degrees = co_await sensor_.get();
        ++readings;
        lines_.put_nowait(line_for(readings, degrees));
      }
    } catch (const aio::QueueShutDown&) {  // the sensor has nothing more
      lines_.shutdown();
    }
    co_return readings;
  }

  aio::Coro<> write() {
    try {
      for (;;) {
        std::string line = co_await lines_.get();
        co_await archive_.store(std::move(line));
      }
    } catch (const aio::QueueShutDown&) {  // all of it is stored
    }
  }

  aio::Queue<double>& sensor_;
  Archive& archive_;
  aio::Queue<std::string> lines_{};
};

}  // namespace

aio::Coro<int> record(aio::Queue<double>& sensor, Archive& archive) {
  Recorder recorder(sensor, archive);
  co_return co_await recorder.record();
}
