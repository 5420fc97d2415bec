// Name: Generations that stand still
// Says: an event of a closed descriptor is taken for one of the new descriptor with its number
// From: descriptors copied by dup() or fork(), see "Will closing a file descriptor cause it to be
//   removed" in epoll(7)
// Caught-by: Step4_Forget.AnEventOfAnEarlierWatchIsNotTakenForANewOne

//: 2.4
inline void Poller::forget(int fd) {
  const Watch known = find(fd);
  if (!known.active) return;
  ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);  // fails only if fd is closed: no harm
  store(fd, {nullptr, known.generation, false});
  --watched_;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (detail::packed_fd(raw_[i]) == fd) events_[i] = PollEvent{};
  }
}
