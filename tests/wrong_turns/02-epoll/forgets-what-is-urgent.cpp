// Name: Forgetting what is urgent
// Says: your events never tell of an urgent byte, so a reader takes the short read before it for
//   the last one
// Caught-by: Step3_Wait.WithEdgeItAlsoTellsOfAnUrgentByte

//: 2.3
inline PollEvent Poller::translate(const epoll_event& raw) {
  const int fd = detail::packed_fd(raw);
  const Watch watch = find(fd);
  if (raw.data.u64 != detail::pack(fd, watch.generation)) return of_ghost();  // an earlier watch
  PollEvent event;
  event.data = watch.data;
  event.ended = (raw.events & EPOLLRDHUP) != 0;
  event.readable = (raw.events & EPOLLIN) != 0;
  event.writable = (raw.events & EPOLLOUT) != 0;
  event.hangup = (raw.events & EPOLLHUP) != 0;
  event.error = (raw.events & EPOLLERR) != 0;
  return event;
}
