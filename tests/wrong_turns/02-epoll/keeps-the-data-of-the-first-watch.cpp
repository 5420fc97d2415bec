// Name: Keeping the data of the first watch
// Says: watching again changes the interest and not the data
// Caught-by: Step3_Wait.ReportsTheDataOfTheLastWatch

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
  if (!known.active) store(fd, {data, known.generation, true, interest});
  if (!known.active) ++watched_;
}
