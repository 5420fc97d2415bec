// use-7d: work with a heartbeat. The heart is a task; a destructor stops it.

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "heartbeat.hpp"

namespace {

/// Asks a task to stop when it goes out of scope, however that happens.
class StopAtTheEnd {
 public:
  explicit StopAtTheEnd(aio::Task<> task) : task_(std::move(task)) {}
  StopAtTheEnd(const StopAtTheEnd&) = delete;
  StopAtTheEnd& operator=(const StopAtTheEnd&) = delete;
  ~StopAtTheEnd() { task_.cancel(); }

 private:
  aio::Task<> task_;
};

//: use-7d sleep for a period and beat, for ever
aio::Coro<> beats(std::chrono::nanoseconds period, std::function<void()> beat) {
  for (;;) {
    co_await aio::sleep(period);
    beat();
  }
}

}  // namespace

//: use-7d let a task beat while you await the work, and stop it whatever happens
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat) {
  const StopAtTheEnd heart(aio::create_task(beats(period, std::move(beat))));
  std::string result = co_await std::move(work);
  co_return result;
}
