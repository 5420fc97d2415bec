#pragma once
// The handlers of a server that run.

#include <aio/stream.hpp>
#include <aio/support/list.hpp>
#include <aio/task.hpp>

namespace aio::detail {

class Serving;

/// Lets all of them be told to stop, and waited for.
class Handlers {
 public:
  bool none() const { return running_.empty(); }
  void cancel();

  List<ParkedTask> waiting;  // for none()

 private:
  friend Serving;
  List<Serving> running_;
};

/// A handler, as long as it runs.
class Serving : public Link<> {
 public:
  /// REQUIRES: the current task runs the handler.
  explicit Serving(Handlers& all) : all_(all) { all_.running_.push_back(*this); }
  ~Serving() {
    unlink();
    if (all_.none()) wake_all(all_.waiting);
  }
  void cancel() { task_.cancel(); }

 private:
  Handlers& all_;
  TaskBase& task_ = TaskBase::current("a handler");
};

inline void Handlers::cancel() {
  running_.for_each([](Serving& serving) { serving.cancel(); });
}

}  // namespace aio::detail
