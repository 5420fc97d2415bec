#pragma once
// Collects what arrives at a descriptor, edge-triggered (exercise fix-2c).

#include <string>

#include <aio/poller.hpp>

class Collector {
 public:
  /// Watches `fd`, which must not block, for reading, edge-triggered. Its events carry `this`.
  Collector(aio::Poller& poller, int fd);

  /// To be called for each event of the descriptor.
  void on_ready();

  const std::string& text() const { return text_; }
  bool ended() const { return ended_; }  // the other side has closed

 private:
  int fd_;
  std::string text_;
  bool ended_ = false;
};
