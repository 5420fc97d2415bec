// Name: Told once
// Says: your loop tells a reader once that there is data, and never again about what it left
// Caught-by: Step4_Descriptors.AReaderRunsWhileThereIsSomethingToRead,
//   Step4_Descriptors.AWriterRunsWhileThereIsRoom

//: 4.4
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  check_usable(side == Interest::read ? "add_reader" : "add_writer");
  Ref watcher(new detail::Watcher(std::move(callback)));
  Descriptor& descriptor = descriptors_[fd];
  try {
    poller_.watch(fd, descriptor.interest() | side | Interest::edge, &descriptor);
  } catch (...) {
    if (descriptor.interest() == Interest::none) descriptors_.erase(fd);
    throw;
  }
  const Ref<detail::Watcher> replaced = std::exchange(descriptor.side(side), std::move(watcher));
  if (replaced) replaced->unlink();
}
