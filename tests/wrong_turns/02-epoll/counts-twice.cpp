// Name: Counting a descriptor twice
// Says: watching a descriptor again counts as one more
// Caught-by: Step2_Watch.CountsADescriptorOnce

//: 2.2
inline void Poller::watch(int fd, Interest interest, void* data) {
  const Watch known = find(fd);
  epoll_event wanted{};
  wanted.events = detail::epoll_bits(interest);
  wanted.data.u64 = detail::pack(fd, known.generation);
  const int call = known.active ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  const int result = ::epoll_ctl(epoll_fd_, call, fd, &wanted);
  if (result == -1 && errno == ENOENT) {  // closed without forget(), and its number used again
    store(fd, {nullptr, known.generation + 1, false});
    --watched_;
    return watch(fd, interest, data);
  }
  check_syscall("epoll_ctl", result);
  store(fd, {data, known.generation, true, interest});
  ++watched_;
}
