// Name: Forgetting too late throws
// Says: your forget() throws when the descriptor is closed already
// Caught-by: Step4_Forget.ToForgetTwiceOrTooLateIsNoError

//: 2.4
inline void Poller::forget(int fd) {
  const Watch known = find(fd);
  if (!known.active) return;
  check_syscall("epoll_ctl", ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr));
  store(fd, {nullptr, known.generation + 1, false});
  --watched_;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (detail::packed_fd(raw_[i]) == fd) events_[i] = PollEvent{};
  }
}
