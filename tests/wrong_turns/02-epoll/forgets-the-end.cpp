// Name: Forgetting the end
// Says: your events never say that a stream has ended, so a short read waits for a change that
//   never comes
// Caught-by: Step3_Wait.WithEdgeItAlsoSaysThatNothingMoreWillCome

//: 2.3
inline PollEvent Poller::translate(const epoll_event& raw) {
  const int fd = detail::packed_fd(raw);
  const Watch watch = find(fd);
  if (raw.data.u64 != detail::pack(fd, watch.generation)) return of_ghost();  // an earlier watch
  PollEvent event;
  event.data = watch.data;
  event.readable = (raw.events & EPOLLIN) != 0;
  event.writable = (raw.events & EPOLLOUT) != 0;
  event.hangup = (raw.events & EPOLLHUP) != 0;
  event.error = (raw.events & EPOLLERR) != 0;
  event.urgent = (raw.events & EPOLLPRI) != 0;
  return event;
}
