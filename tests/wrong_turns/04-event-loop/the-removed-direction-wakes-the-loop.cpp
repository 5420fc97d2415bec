// Name: The removed direction is still watched
// Says: your remove_writer takes the callback away and lets the poller go on watching: the loop
//   never sleeps again
// Caught-by: Step4_Descriptors.WhatWasRemovedNoLongerWakesTheLoop

//: 4.4
inline bool EventLoop::unwatch(int fd, Interest side) {
  const auto found = descriptors_.find(fd);
  if (found == descriptors_.end() || !found->second.side(side)) return false;
  const Ref<detail::Watcher> removed = std::exchange(found->second.side(side), nullptr);
  removed->unlink();
  const Interest left = found->second.interest();
  if (left == Interest::none) {
    poller_.forget(fd);
    descriptors_.erase(found);
  }
  return true;
}
