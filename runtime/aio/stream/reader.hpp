#pragma once
// The task that reads from a stream: parked, or woken and not yet back.

#include <utility>

#include <aio/read_request.hpp>
#include <aio/task.hpp>

namespace aio::detail {

/// What a stream knows of its reader.
class Reader : public Waiter {
 public:
  explicit Reader(ReadRequest request) : request_(std::move(request)) {}
  ReadRequest& request() { return request_; }
  /// The request has a result. Idempotent: an error tells it, and so does who met the error.
  void wake() {
    if (std::exchange(woken_, true)) return;
    task_->home().call_soon(*task_);
  }
  bool woken() const { return woken_; }

 protected:
  ~Reader() = default;

  ReadRequest request_;
  TaskBase* task_ = nullptr;  // who waits, if the buffer had no result
  bool woken_ = false;
};

}  // namespace aio::detail
