// Exercise use-7d. Check it with: ./learn check use-7d
// use-7d: work with a heartbeat. The heart is a task; a destructor stops it.

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

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
  AIO_TODO("use-7d", "sleep for a period and beat, for ever");
}

}  // namespace

//: use-7d let a task beat while you await the work, and stop it whatever happens
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat) {
  AIO_TODO("use-7d", "let a task beat while you await the work, and stop it whatever happens");
}
