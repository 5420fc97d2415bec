// Name: An abort that waits for the close
// Says: your abort() does nothing when close() was called before, which still sends what was left
// Caught-by: Step6_End.AbortComesBeforeWhatACloseLeft

//: 12.6
inline void StreamState::abort() {
  if (std::exchange(closing_, true) || gone()) return;
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  shut_down();
}
