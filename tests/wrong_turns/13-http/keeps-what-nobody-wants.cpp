// Name: Keeps what nobody wants
// Says: your wait_for_end() keeps messages that came while this side was closing
// Caught-by: Step7_Close.LosesWhatNobodyReceives

//: 13.7
inline aio::Coro<> WebSocket::wait_for_end() {
  while (!frames_.over() && !cut_) {
    if (receiving_) {
      co_await over_.wait();
    } else {
      co_await read_some();
    }
  }
  co_await hang_up();
}
