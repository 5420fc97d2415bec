#pragma once
// Who is told in the middle of a poll: an EventSink of what the kernel reports of its descriptor, a
// WakeListener of a signal or another thread that woke the loop. Both take note and queue; neither
// runs anybody.

#include <aio/poller.hpp>
#include <aio/support/list.hpp>

namespace aio {

class EventLoop;

/// Is told what the kernel reports of a descriptor, in the middle of the poll: it takes note and
/// queues, but runs nobody.
struct EventSink {
  using Deliver = void (*)(EventSink& self, EventLoop& loop, PollEvent event);
  explicit constexpr EventSink(Deliver function) : deliver(function) {}
  Deliver deliver;
};

/// Is told, in the middle of the poll, that Wakeup::ask() was called: it takes note and queues,
/// but runs nobody. Only a FatalError may leave it, and leaves the loop.
class WakeListener : public Link<> {
 public:
  virtual void woken() = 0;

 protected:
  ~WakeListener() = default;
};

}  // namespace aio
