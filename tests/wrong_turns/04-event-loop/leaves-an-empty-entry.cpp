// Name: An entry for nobody
// Says: your watch leaves an empty entry behind for each descriptor that the poller refuses
// Caught-by: Step4_Descriptors.ARefusedDescriptorLeavesNoEntry

//: 4.4
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  Ref watcher(new detail::Watcher(std::move(callback)));
  Descriptor& descriptor = descriptors_[fd];
  poller_.watch(fd, descriptor.interest() | side, &descriptor);
  const Ref<detail::Watcher> replaced = std::exchange(descriptor.side(side), std::move(watcher));
  if (replaced) replaced->unlink();
}
