// Name: Whoever received is remembered
// Says: your read_some() still counts a task that was cancelled while it received
// Caught-by: Step7_Receive.LosesNothingWhenItIsCancelled

//: 13.7
inline aio::Coro<> WebSocket::read_some() {
  if (receiving_) throw aio::InvalidStateError("receive: another task receives already");
  receiving_ = true;
  const std::string bytes = co_await next_bytes();
  receiving_ = false;
  cut_ = bytes.empty();
  if (!cut_) heard();
  frames_.put(bytes);
  flush();
  if (!frames_.over() && !cut_) co_return co_await channel_.drain();
  over_.set();
}
