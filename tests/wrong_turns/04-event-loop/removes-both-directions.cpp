// Name: Removing one direction removes both
// Says: your remove_reader takes the writer with it
// Caught-by: Step4_Descriptors.DirectionsAreIndependent

//: 4.4
inline bool EventLoop::unwatch(int fd, Interest side) {
  const auto found = descriptors_.find(fd);
  if (found == descriptors_.end() || !found->second.side(side)) return false;
  const Ref<detail::Watcher> removed = std::exchange(found->second.side(side), nullptr);
  removed->unlink();
  const Interest left = found->second.interest();
  if (left != (Interest::read | Interest::write)) {
    poller_.forget(fd);
    descriptors_.erase(found);
  } else {
    poller_.watch(fd, left, &found->second);
  }
  return true;
}
