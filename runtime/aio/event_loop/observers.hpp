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
