// Name: The end is whatever can be read
// Says: your events call a stream ended as soon as it has something to read
// Caught-by: Step3_Wait.WithEdgeItAlsoSaysThatNothingMoreWillCome

//: 2.3
inline PollEvent Poller::translate(const epoll_event& raw) {
  const int fd = detail::packed_fd(raw);
  const Watch watch = find(fd);
  if (raw.data.u64 != detail::pack(fd, watch.generation)) return of_ghost();  // an earlier watch
  PollEvent event;
  event.data = watch.data;
  event.ended = (raw.events & EPOLLIN) != 0;
  event.readable = (raw.events & EPOLLIN) != 0;
  event.writable = (raw.events & EPOLLOUT) != 0;
  event.hangup = (raw.events & EPOLLHUP) != 0;
  event.error = (raw.events & EPOLLERR) != 0;
  event.urgent = (raw.events & EPOLLPRI) != 0;
  return event;
}
