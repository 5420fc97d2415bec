#pragma once
// What a loop knows of the descriptors that it watches: the callbacks of add_reader() and
// add_writer(), and which descriptors belong to a stream or server, so that nobody else may have
// them.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <aio/event_loop/event_sink.hpp>
#include <aio/event_loop/ready.hpp>
#include <aio/poller.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>

namespace aio::detail {

/// The callback of a descriptor: runs once in every iteration that finds the descriptor ready.
class Watcher final : public Ready, public RefCounted, public Pooled {
 public:
  explicit Watcher(Callback callback) : callback_(std::move(callback)) { refuse_empty(callback_); }
  void run() override {
    Ref<Watcher> alive(this);  // it may remove itself
    callback_();
  }

 private:
  Callback callback_;
};

/// The two callbacks of a descriptor. The poller is given the sink, which leads to the whole.
struct Descriptor {
  EventSink sink{deliver};
  Ref<Watcher> reader, writer;

  Ref<Watcher>& side(Interest which) { return which == Interest::read ? reader : writer; }
  Interest interest() const {
    return (reader ? Interest::read : Interest::none) | (writer ? Interest::write : Interest::none);
  }
  /// Has `fd` a callback for that direction?
  static bool is_watched(EventLoop& loop, int fd, Interest which);
  /// EventLoop::queue_handlers().
  static void deliver(EventSink& sink, EventLoop& loop, PollEvent event);
};

/// The descriptors that have a sink of their own: a stream or a server.
class AttachedDescriptors {
 public:
  bool contains(int fd) const {
    const auto index = static_cast<std::size_t>(fd);  // a negative number becomes a huge one
    return index < attached_.size() && attached_[index];
  }
  void add(int fd) {
    const auto index = static_cast<std::size_t>(fd);
    if (index >= attached_.size()) attached_.resize(index + 1);
    attached_[index] = true;
  }
  void remove(int fd) { attached_[static_cast<std::size_t>(fd)] = false; }
  /// Throws InvalidStateError for a descriptor that is one of them.
  void refuse(int fd) const {
    if (!contains(fd)) return;
    throw InvalidStateError("descriptor " + std::to_string(fd) +
                            " belongs to a stream or server: use that to read and write");
  }

 private:
  std::vector<bool> attached_;  // indexed by descriptor
};

}  // namespace aio::detail
