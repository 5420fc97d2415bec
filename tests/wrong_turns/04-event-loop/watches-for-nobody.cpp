// Name: An entry that stays
// Says: your unwatch keeps the entry, and watches on, when both directions are gone
// Caught-by: Step4_Descriptors.WhenBothAreGoneNothingIsWatched

//: 4.4
inline bool EventLoop::unwatch(int fd, Interest side) {
  const auto found = descriptors_.find(fd);
  if (found == descriptors_.end() || !found->second.side(side)) return false;
  const Ref old = std::exchange(found->second.side(side), nullptr);
  old->unlink();
  poller_.watch(fd, found->second.interest(), &found->second);
  return true;
}
