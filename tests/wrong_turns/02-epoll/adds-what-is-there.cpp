// Name: Adding what is already there
// Says: you always use EPOLL_CTL_ADD, which refuses a descriptor that is watched already
// Caught-by: Step2_Watch.WatchingAgainChangesTheInterest

//: 2.2
inline void Poller::watch(int fd, Interest interest, void* data) {
  const Watch known = find(fd);
  epoll_event wanted{};
  wanted.events = detail::epoll_bits(interest);
  wanted.data.u64 = detail::pack(fd, known.generation);
  const int result = ::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &wanted);
  if (result == -1 && errno == ENOENT) {  // closed without forget(), and its number used again
    store(fd, {nullptr, known.generation + 1, false});
    --watched_;
    return watch(fd, interest, data);
  }
  check_syscall("epoll_ctl", result);
  store(fd, {data, known.generation, true, interest});
  if (!known.active) ++watched_;
}
