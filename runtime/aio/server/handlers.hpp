#pragma once
// The handlers of a server that run.

#include <cstddef>
#include <string>
#include <vector>

#include <aio/server/reception.hpp>
#include <aio/stream.hpp>
#include <aio/support/list.hpp>
#include <aio/task.hpp>

namespace aio::detail {

class Serving;

/// Lets all of them be told to stop, and waited for.
class Handlers {
 public:
  explicit Handlers(Reception& server) : server_(server) {}

  bool none() const { return running_.empty(); }
  /// None runs, and none is about to.
  bool idle() const { return none() && starting_ == 0; }
  /// One more is going to start, or will not after all.
  void expect() { ++starting_; }
  void give_up() { --starting_; }
  void cancel();
  /// What each of them is, and what it waits for.
  std::vector<std::string> describe() const;

  List<ParkedTask> waiting;  // for none()

 private:
  friend Serving;
  Reception& server_;
  List<Serving> running_;
  std::size_t starting_ = 0;
};

/// A handler, as long as it runs.
class Serving : public Link<> {
 public:
  /// REQUIRES: the current task runs the handler.
  explicit Serving(Handlers& all) : all_(all) {
    all_.give_up();
    all_.running_.push_back(*this);
  }
  ~Serving() {
    unlink();
    if (!all_.none()) return;
    wake_all(all_.waiting);
    all_.server_.rest();
  }
  void cancel() { task_.cancel(); }
  std::string describe() const { return task_.describe(); }

 private:
  Handlers& all_;
  TaskBase& task_ = TaskBase::current("a handler");
};

inline void Handlers::cancel() {
  running_.for_each([](Serving& serving) { serving.cancel(); });
}

inline std::vector<std::string> Handlers::describe() const {
  std::vector<std::string> all;
  running_.for_each([&all](const Serving& serving) {
    try {
      all.push_back(serving.describe());
    } catch (const std::bad_alloc&) {  // it is cut all the same
    }
  });
  return all;
}

}  // namespace aio::detail
