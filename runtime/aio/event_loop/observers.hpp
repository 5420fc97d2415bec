#pragma once
// Several who watch one loop, as if they were one.

#include <cstddef>
#include <vector>

#include <aio/event_loop/observer.hpp>

namespace aio::detail {

/// Tells each of them. One that comes or goes meanwhile is told from the next event on.
class Observers final : public Observer {
 public:
  void add(Observer& observer) { all_.push_back(&observer); }
  void remove(const Observer& observer) {
    for (Observer*& each : all_) {
      if (each == &observer) each = nullptr;
    }
    if (!telling_) std::erase(all_, nullptr);
  }
  bool empty() const { return all_.empty(); }

  void will_run(EventLoop& loop, const Ready& ready) override {
    tell([&](Observer& each) { each.will_run(loop, ready); });
  }
  void has_run(EventLoop& loop) override {
    tell([&](Observer& each) { each.has_run(loop); });
  }
  void will_poll(EventLoop& loop) override {
    tell([&](Observer& each) { each.will_poll(loop); });
  }
  void has_polled(EventLoop& loop, std::size_t events) override {
    tell([&](Observer& each) { each.has_polled(loop, events); });
  }
  void has_queued(EventLoop& loop, const Ready& ready) override {
    tell([&](Observer& each) { each.has_queued(loop, ready); });
  }
  void will_run_ready(EventLoop& loop, std::size_t ready) override {
    tell([&](Observer& each) { each.will_run_ready(loop, ready); });
  }
  void has_set_timer(EventLoop& loop, const TimedReady& timed, Clock::time_point when) override {
    tell([&](Observer& each) { each.has_set_timer(loop, timed, when); });
  }
  void has_cancelled_timer(EventLoop& loop, const TimedReady& timed) override {
    tell([&](Observer& each) { each.has_cancelled_timer(loop, timed); });
  }
  void has_watched(EventLoop& loop, int fd, Interest side, const Ready* callback) override {
    tell([&](Observer& each) { each.has_watched(loop, fd, side, callback); });
  }
  void has_forgotten(EventLoop& loop, int fd, Interest side) override {
    tell([&](Observer& each) { each.has_forgotten(loop, fd, side); });
  }
  void has_seen(EventLoop& loop, int fd, Interest side) override {
    tell([&](Observer& each) { each.has_seen(loop, fd, side); });
  }

 private:
  template <class Tell>
  void tell(Tell tell_one) {
    telling_ = true;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i] != nullptr) tell_one(*all_[i]);
    }
    telling_ = false;
    std::erase(all_, nullptr);
  }

  std::vector<Observer*> all_;
  bool telling_ = false;
};

}  // namespace aio::detail
