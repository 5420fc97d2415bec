// Name: The poller told once
// Says: your watch tells the poller of the first direction only, and the second is never called
// Caught-by: Step4_Descriptors.DirectionsAreIndependent

//: 4.4
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  Ref watcher(new detail::Watcher(std::move(callback)));
  const bool is_new = !descriptors_.contains(fd);
  Descriptor& descriptor = descriptors_[fd];
  try {
    if (is_new) poller_.watch(fd, side, &descriptor);
  } catch (...) {
    descriptors_.erase(fd);
    throw;
  }
  const Ref old = std::exchange(descriptor.side(side), std::move(watcher));
  if (old) old->unlink();
}
