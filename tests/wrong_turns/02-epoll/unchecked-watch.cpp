// Name: The result of epoll_ctl goes unchecked
// Says: nobody hears that the kernel refuses to watch a descriptor
// Caught-by: Step2_Watch.RefusesWhatIsNotOpen, Step2_Watch.RefusesARegularFile

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
  if (result == -1) return;
  store(fd, {data, known.generation, true, interest});
  if (!known.active) ++watched_;
}
