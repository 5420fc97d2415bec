// Name: Watched before it is refused
// Says: your watch tells the poller first, and refuses an empty callback when the descriptor is
//   watched already
// Caught-by: Step4_Descriptors.AnEmptyCallbackIsRefused

//: 4.4
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  const bool is_new = !descriptors_.contains(fd);
  Descriptor& descriptor = descriptors_[fd];
  try {
    poller_.watch(fd, descriptor.interest() | side, &descriptor);
  } catch (...) {
    if (is_new) descriptors_.erase(fd);
    throw;
  }
  Ref watcher(new detail::Watcher(std::move(callback)));
  const Ref old = std::exchange(descriptor.side(side), std::move(watcher));
  if (old) old->unlink();
}
