// Name: Reads beside the reader
// Says: your wait_for_end() reads although another task receives
// Caught-by: Step7_Close.LeavesTheReadingToWhoReceives

//: 13.7
inline aio::Coro<> WebSocket::wait_for_end() {
  while (!frames_.over() && !cut_) {
    co_await read_some();
    frames_.drop_messages();
  }
  co_await hang_up();
}
