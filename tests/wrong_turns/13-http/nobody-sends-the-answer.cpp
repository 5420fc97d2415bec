// Name: Nobody sends the answer
// Says: your read_some() does not send what the frames have to say, such as the answer to a Ping
// Caught-by: Step7_Receive.AnswersAPingMeanwhile, Step7_End.IsExplainedToWhoBrokeTheProtocol

//: 13.7
inline aio::Coro<> WebSocket::read_some() {
  if (receiving_) throw aio::InvalidStateError("receive: another task receives already");
  const detail::Raised receiving(receiving_);
  const std::string bytes = co_await next_bytes();
  cut_ = bytes.empty();
  if (!cut_) heard();
  frames_.put(bytes);
  if (!frames_.over() && !cut_) co_return co_await channel_.drain();
  over_.set();
}
