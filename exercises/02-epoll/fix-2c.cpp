// Exercise fix-2c. Check it with: ./learn check fix-2c
// fix-2c: collects everything that arrives, edge-triggered.

#include <array>
#include <cstddef>

#include <unistd.h>

#include "collector.hpp"

using aio::Interest;

Collector::Collector(aio::Poller& poller, int fd) : fd_(fd) {
  poller.watch(fd, Interest::read | Interest::edge, this);
}

void Collector::on_ready() {
  std::array<char, 16> buffer;
  ssize_t count = 0;
  count = read(fd_, buffer.data(), buffer.size());
  if (count > 0) text_.append(buffer.data(), static_cast<std::size_t>(count));
  if (count == 0) ended_ = true;
}
