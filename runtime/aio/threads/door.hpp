#pragma once
// The way back to a loop that may have gone: what a thread has for it goes through its door. The
// loop shuts the door when it is closed, and no thread ever touches the loop past it.

#include <memory>
#include <mutex>
#include <utility>

#include <aio/event_loop.hpp>

namespace aio::detail {

class LoopDoor {
 public:
  explicit LoopDoor(EventLoop& loop) : loop_(&loop) {}

  /// Any thread. Returns false, and takes nothing, when the loop is closed.
  bool post(Posted& posted) noexcept {
    const std::lock_guard lock(mutex_);
    return loop_ != nullptr && loop_->post(posted);
  }
  /// The loop's thread.
  void shut() noexcept {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }

  /// The door of the running loop.
  static std::shared_ptr<LoopDoor> here();

 private:
  std::mutex mutex_;
  EventLoop* loop_;  // null: it is closed
};

/// Shuts the door when the loop is closed.
class DoorKeeper final : public Attachment {
 public:
  explicit DoorKeeper(EventLoop& loop) : door(std::make_shared<LoopDoor>(loop)) {}
  DoorKeeper(const DoorKeeper&) = delete;
  DoorKeeper& operator=(const DoorKeeper&) = delete;
  ~DoorKeeper() override { door->shut(); }

  const std::shared_ptr<LoopDoor> door;
};

inline std::shared_ptr<LoopDoor> LoopDoor::here() {
  return running_loop().attachment<DoorKeeper>().door;
}

}  // namespace aio::detail
