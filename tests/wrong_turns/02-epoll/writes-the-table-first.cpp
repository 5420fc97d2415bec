// Name: The table is written before the kernel is asked
// Says: your watch() writes its table before the kernel has agreed, and leaves a descriptor
//   there that was refused
// Caught-by: Step2_Watch.ARefusedDescriptorLeavesNoTrace

//: 2.2
inline void Poller::watch(int fd, Interest interest, void* data) {
  const Watch known = find(fd);
  epoll_event wanted{};
  wanted.events = detail::epoll_bits(interest);
  wanted.data.u64 = detail::pack(fd, known.generation);
  const int call = known.active ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (fd >= 0) store(fd, {data, known.generation, true, interest});
  const int result = ::epoll_ctl(epoll_fd_, call, fd, &wanted);
  if (result == -1 && errno == ENOENT) {  // closed without forget(), and its number used again
    store(fd, {nullptr, known.generation + 1, false});
    --watched_;
    return watch(fd, interest, data);
  }
  check_syscall("epoll_ctl", result);
  if (!known.active) ++watched_;
}
