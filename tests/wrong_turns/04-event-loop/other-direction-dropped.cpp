// Name: Watching one direction drops the other
// Says: your add_writer tells the poller about the writer only, and the reader falls silent
// Caught-by: Step4_Descriptors.DirectionsAreIndependent

//: 4.4
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  check_usable(side == Interest::read ? "add_reader" : "add_writer");
  Ref watcher(new detail::Watcher(std::move(callback)));
  Descriptor& descriptor = descriptors_[fd];
  try {
    poller_.watch(fd, side, &descriptor);
  } catch (...) {
    if (descriptor.interest() == Interest::none) descriptors_.erase(fd);
    throw;
  }
  const Ref<detail::Watcher> replaced = std::exchange(descriptor.side(side), std::move(watcher));
  if (replaced) replaced->unlink();
}
