// Name: Trusting your own table
// Says: closing a descriptor removes it from epoll, and your table does not know
// From: libevent retries with EPOLL_CTL_ADD for this reason
// Caught-by: Step2_Watch.ANumberThatWasClosedAndOpenedAgainIsNew

//: 2.2
inline void Poller::watch(int fd, Interest interest, void* data) {
  const Watch known = find(fd);
  epoll_event wanted{};
  wanted.events = detail::epoll_bits(interest);
  wanted.data.u64 = detail::pack(fd, known.generation);
  const int call = known.active ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  const int result = ::epoll_ctl(epoll_fd_, call, fd, &wanted);
  check_syscall("epoll_ctl", result);
  store(fd, {data, known.generation, true, interest});
  if (!known.active) ++watched_;
}
