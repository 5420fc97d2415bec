// Name: The first reader stays
// Says: your add_reader keeps the old callback when there is one already
// Caught-by: Step4_Descriptors.RegisteringAgainReplaces

//: 4.4
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  check_usable(side == Interest::read ? "add_reader" : "add_writer");
  Ref watcher(new detail::Watcher(std::move(callback)));
  Descriptor& descriptor = descriptors_[fd];
  try {
    poller_.watch(fd, descriptor.interest() | side, &descriptor);
  } catch (...) {
    if (descriptor.interest() == Interest::none) descriptors_.erase(fd);
    throw;
  }
  if (!descriptor.side(side)) descriptor.side(side) = std::move(watcher);
}
